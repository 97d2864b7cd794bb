"""Every step of a pre-order and of a way to the market, by story."""

from tenant_apps.fresh_buying.services.advancing import cancel_trip, give_advance, settle_trip, spent_on, start_trip
from tenant_apps.fresh_buying.services.buying import drop_purchase, mark_absent, set_transport, write_purchase
from tenant_apps.fresh_buying.services.closing import close_day, close_due
from tenant_apps.fresh_buying.services.handing import call_off_preorder, hand_over_preorder
from tenant_apps.fresh_buying.services.ordering import Buyer, Wish, cancel_preorder, place_preorder
from tenant_apps.fresh_buying.services.returning import Weighed, come_back
from tenant_apps.fresh_buying.services.sharing import distribute, record_shrink
from tenant_apps.fresh_buying.services.terms import put_on_order, set_buying_terms

__all__ = [
    "Buyer",
    "Weighed",
    "Wish",
    "call_off_preorder",
    "cancel_preorder",
    "cancel_trip",
    "close_day",
    "close_due",
    "come_back",
    "distribute",
    "drop_purchase",
    "give_advance",
    "hand_over_preorder",
    "mark_absent",
    "place_preorder",
    "put_on_order",
    "record_shrink",
    "set_buying_terms",
    "set_transport",
    "settle_trip",
    "spent_on",
    "start_trip",
    "write_purchase",
]
