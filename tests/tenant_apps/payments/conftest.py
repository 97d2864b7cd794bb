"""A region that collects through Midtrans, and a document whose reactions are written down."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tenant_apps.payments.hooks import payable
from tenant_apps.payments.models import Payment
from tenant_apps.payments.services.choosing import use_provider
from tenants.models import Region
from tests.cast import BY, Cast
from tests.standins.midtrans import MidtransStandIn, midtrans
from tests.tenant_apps.payments.purse import CALLS

KEY = "SB-Mid-server-kalidoni"


def _paid(payment: Payment, *, by: str) -> None:
    CALLS.append(f"paid {payment.number}")


def _expired(payment: Payment, *, by: str) -> None:
    CALLS.append(f"expired {payment.number}")


@pytest.fixture(autouse=True)
def bills() -> Iterator[None]:
    """Documents of the kind "bill" go on, or end, in CALLS."""
    payable("bill", paid=_paid, expired=_expired, address=lambda reference: f"/tagihan/{reference[5:]}/")
    CALLS.clear()
    yield


@pytest.fixture
def provider(market: Cast, kalidoni: Region, settings: object) -> Iterator[MidtransStandIn]:
    """Kalidoni has an account at Midtrans, and uses it."""
    with midtrans(KEY) as account:
        settings.MIDTRANS_URL = account.url  # type: ignore[attr-defined]
        settings.MIDTRANS_SERVER_KEYS = {str(kalidoni.public_id): KEY}  # type: ignore[attr-defined]
        use_provider(provider="midtrans", enabled=True, by=BY)
        yield account
