"""How the tests of prices shop, photograph and compare."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.pricing.models import MarketObservation, PriceClaim, PriceClaimEvent, WarungPrice
from tenant_apps.stock.services import Line, location_of_warung, receive
from tenants.context import current_region
from tenants.kernel import clock
from tenants.outbox.models import OutboxMessage
from tests.cast import BY, Cast
from tests.tenant_apps.orders.desk import place


def today(days_ago: int = 0) -> date:
    return clock.today(current_region().time_zone) - timedelta(days=days_ago)


def see(market: Cast, price: int, /, *, days_ago: int = 0, per_quantity: int = 1_000, **more: Any) -> MarketObservation:
    """Yuli saw rice at Pasar Lemabang."""
    told = {"product": market.rice, "market": "Pasar Lemabang", "observer": "Yuli", **more}
    return observe(price=price, per_quantity=per_quantity, observed_on=today(days_ago), **told)


def observe(**told: Any) -> MarketObservation:
    from tenant_apps.pricing.services import observe_market

    return observe_market(**told)


def received(market: Cast, **more: Any) -> Order:
    """Ratna has 2 kg of rice for Rp 29.000 and 3 eggs for Rp 6.000 from Hasan."""
    # There are always eggs enough.
    location = location_of_warung(market.warung)
    receive(location=location, lines=[Line(market.egg.pk, 3)], reference=f"eggs:{uuid4()}", by=BY)
    order = place(market, **more)
    for step in (accept_order, pack_order, hand_over):
        step(order=order, by=BY)
    return Order.objects.get(pk=order.pk)


def drawn(kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    """A picture's bytes."""
    kept = io.BytesIO()
    Image.new("RGB", size, (200, 60, 40)).save(kept, kind)
    return kept.getvalue()


def upload(kind: str = "JPEG", **more: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile("bukti.jpg", drawn(kind, **more), content_type="image/jpeg")


def proof() -> ContentFile[bytes]:
    return ContentFile(drawn(), name="bukti.jpg")


def footprint() -> list[Any]:
    """Everything that a price or a claim can touch."""
    return [
        list(WarungPrice.objects.order_by("pk").values()),
        list(MarketObservation.objects.order_by("pk").values()),
        list(PriceClaim.objects.order_by("pk").values()),
        PriceClaimEvent.objects.count(),
        list(Account.objects.order_by("pk").values("code", "balance")),
        JournalEntry.objects.count(),
        OutboxMessage.objects.count(),
    ]
