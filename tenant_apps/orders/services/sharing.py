"""A receipt that others may see, by a link that cannot be guessed and that its owner can switch off."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import transaction

from tenant_apps.orders.models import Order
from tenants import signing
from tenants.errors import BadToken

KIND = "receipt"
# Warranty of what is sold here ends before.
GOOD_FOR = timedelta(days=366)


def share_receipt(*, order: Order) -> str:
    """A token of the receipt's link; each one that was given out is good while it is shared."""
    with transaction.atomic():
        now = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
        if now.share is None:
            now.share = uuid.uuid4()
            now.save(update_fields=["share"])
    order.share = now.share
    return token_of(now)


def stop_sharing(*, order: Order) -> None:
    """Links that were given away show nothing any more."""
    Order.objects.filter(pk=order.pk).update(share=None)
    order.share = None


def token_of(order: Order) -> str:
    """The token of an order that is shared; empty for another."""
    return signing.dumps(KIND, [order.number, order.share.hex]) if order.share else ""


def shared_order(token: str) -> Order | None:
    """The order whose receipt this token shows, in this region; None for any other text."""
    try:
        number, share = signing.loads(KIND, token, max_age=GOOD_FOR)
        return Order.objects.select_related("warung").filter(number=number, share=uuid.UUID(share)).first()
    except (BadToken, ValueError, TypeError):
        return None
