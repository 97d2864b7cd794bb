"""What pre-orders tell apps below: whose document a payment is for, and how many places of a delivery time are taken."""

from __future__ import annotations

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.models import PreOrder
from tenant_apps.fresh_buying.selectors.goods import open_days_on_order, places_taken, terms_of
from tenant_apps.orders.beside import Beside, offer_beside
from tenant_apps.orders.services.delivering import count_places_too
from tenant_apps.payments.hooks import payable
from tenant_apps.payments.models import Payment
from tenant_apps.warungs.models import Kind, Warung, WarungState


def _lock(reference: str) -> None:
    PreOrder.objects.select_for_update(no_key=True).get(number=reference.partition(":")[2])


def _nothing(payment: Payment, *, by: str) -> None:
    """Cash comes at the hand-over and a balance is taken at once: no pre-order waits for money."""


def _address(reference: str) -> str:
    return reverse("fresh_buying:preorder", args=[reference.partition(":")[2]])


def _at_the_stand(warung: Warung) -> Beside | None:
    """Until when people can order what the stand has not got."""
    if warung.kind != Kind.FRESH or warung.state != WarungState.OPEN:
        return None
    terms = terms_of(warung)
    days = open_days_on_order(warung) if terms is not None and terms.is_open else []
    if not days:
        return None
    text = _("Bought fresh for you at %(market)s: order until %(until)s, it comes on %(day)s.") % {
        "market": terms.market if terms else "",
        "until": date_format(localtime(days[0].until), "j F H.i"),
        "day": date_format(days[0].day, "l, j F"),
    }
    return Beside(text, _("Pre-order"), reverse("fresh_buying:order", args=[warung.slug]))


payable("preorder", paid=_nothing, expired=_nothing, lock=_lock, address=_address)
count_places_too(places_taken)
offer_beside(_at_the_stand)
