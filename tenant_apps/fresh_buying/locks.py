"""The one place that locks here: a stand's terms, trips, pre-orders by pk; then what payments, stock and ledger lock."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import NoPreOrders
from tenant_apps.fresh_buying.models import BuyingTerms, MarketTrip, PreOrder, PreOrderState
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import StockLocation
from tenant_apps.warungs.models import Warung


def lock_terms(stand: Warung) -> BuyingTerms:
    """Nobody pre-orders here, and no cut-off comes, until the transaction ends.

    Raises:  NoPreOrders where the stand buys nothing on order.
    """
    found = BuyingTerms.objects.select_for_update(no_key=True, of=("self",)).filter(stand=stand).first()
    if found is None:
        raise NoPreOrders(_("%(stand)s takes no pre-orders.") % {"stand": stand.name})
    return found


def lock_trip(trip: MarketTrip) -> MarketTrip:
    """The trip as it is now, locked until the transaction ends."""
    rows = MarketTrip.objects.select_for_update(no_key=True, of=("self",)).select_related("stand", "satker", "buyer")
    return rows.get(pk=trip.pk)


def lock_preorders(trip: MarketTrip, *states: PreOrderState) -> list[PreOrder]:
    """Its pre-orders in these states, in order, locked until the transaction ends."""
    rows = PreOrder.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "customer", "stand", "for_warung"
    )
    return list(rows.filter(trip=trip, state__in=states).order_by("pk"))


def lock_preorder(preorder: PreOrder) -> PreOrder:
    """The pre-order as it is now, locked until the transaction ends."""
    rows = PreOrder.objects.select_for_update(no_key=True, of=("self",)).select_related(
        "customer", "stand", "for_warung", "trip"
    )
    return rows.get(pk=preorder.pk)


def lock_goods(places: Iterable[StockLocation], product_ids: Iterable[int]) -> None:
    """All levels that the steps of this transaction move, at once: two movements one after the other could lock crosswise."""
    products = set(product_ids)
    lock_levels([(place.pk, product) for place in places for product in products])
