"""What pre-orders tell apps below: whose document a payment is for, and how many places of a delivery time are taken."""

from __future__ import annotations

from django.urls import reverse

from tenant_apps.fresh_buying.models import PreOrder
from tenant_apps.fresh_buying.selectors.goods import places_taken
from tenant_apps.orders.services.delivering import count_places_too
from tenant_apps.payments.hooks import payable
from tenant_apps.payments.models import Payment


def _lock(reference: str) -> None:
    PreOrder.objects.select_for_update(no_key=True).get(number=reference.partition(":")[2])


def _nothing(payment: Payment, *, by: str) -> None:
    """Cash comes at the hand-over and a balance is taken at once: no pre-order waits for money."""


def _address(reference: str) -> str:
    return reverse("fresh_buying:preorder", args=[reference.partition(":")[2]])


payable("preorder", paid=_nothing, expired=_nothing, lock=_lock, address=_address)
count_places_too(places_taken)
