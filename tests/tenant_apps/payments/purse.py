"""How the tests of payments pay, and what they compare after a refusal."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from lokal.qris import qris_crc

from tenant_apps.ledger.models import Account, AccountKind
from tenant_apps.ledger.services import (
    Posting,
    account_of_citizen,
    account_of_region,
    post,
    unproven_accounts,
)
from tenant_apps.payments.models import Method, Payment, WarungQris
from tenant_apps.payments.services import open_payment
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User
from tenants.kernel import clock
from tests.cast import BY, Cast


def static_code(name: str = "WARUNG HASAN", city: str = "PALEMBANG", *, currency: str = "360", kind: str = "11") -> str:
    """A static QRIS payload as a bank prints it."""
    account = "0014ID.CO.QRIS.WWW0215ID10200211817450303UMI"
    parts = [
        ("00", "01"),
        ("01", kind),
        ("51", account),
        ("52", "5411"),
        ("53", currency),
        ("58", "ID"),
        ("59", name),
        ("60", city),
        ("61", "30118"),
    ]
    body = "".join(f"{tag}{len(value):02d}{value}" for tag, value in parts) + "6304"
    return body + qris_crc(body)


def give_code(warung: Warung) -> WarungQris:
    """The warung has a code of its own."""
    return WarungQris.objects.create(
        warung=warung,
        payload=static_code(),
        merchant_name="WARUNG HASAN",
        merchant_city="PALEMBANG",
        verified_at=clock.now(),
        verified_by=BY,
    )


def top_up(user: User, amount: int) -> None:
    """Somebody has money at WARSA."""
    cash = account_of_region("test_cash", AccountKind.ASSET)
    post(
        key=f"topup:{uuid.uuid4()}",
        text="test",
        postings=[Posting(cash, amount), Posting(account_of_citizen(user), -amount)],
        by=BY,
    )


def owe(
    market: Cast,
    method: Method,
    amount: int = 35_000,
    *,
    number: str = "7KQ4MP",
    payer: User | None = None,
    expires_at: datetime | None = None,
    kind: str = "order",
) -> Payment:
    """Ratna is to pay Hasan's warung."""
    return open_payment(
        reference=f"{kind}:{number}",
        payer=payer or market.ratna,
        warung=market.warung,
        method=method,
        amount=amount,
        expires_at=expires_at or clock.now() + timedelta(minutes=30),
        by=market.ratna.actor,
    )


def balances(market: Cast | None = None) -> dict[str, int]:
    """What every account holds, as its owner reads it; empty ones left out. The books are proven on the way."""
    assert unproven_accounts() == []
    names = {}
    if market is not None:
        names = {
            f"warung:{market.warung.pk}:": "",
            f"citizen:{market.ratna.pk}:": "ratna:",
            f"courier:{market.wati.pk}:": "wati:",
        }
    found = {}
    for account in Account.objects.exclude(balance=0):
        code = account.code
        for long, short in names.items():
            code = code.replace(long, short) if code.startswith(long) else code
        found[code] = account.amount
    return found


def rows_of_everything() -> dict[str, int]:
    """How many rows each table of the bound region has."""
    found = {}
    for model in apps.get_models():
        if model._meta.app_label in REGION_APPS and model._meta.managed:
            found[model._meta.label] = model._base_manager.count()
    return found


REGION_APPS = {
    "identity",
    "outbox",
    "accounts",
    "satker",
    "warungs",
    "catalog",
    "pricing",
    "stock",
    "ledger",
    "payments",
    "procurement",
    "orders",
    "pos",
    "notifications",
    "api",
}


def now_of(payment: Payment) -> Any:
    """The payment as the database has it."""
    return Payment.objects.get(pk=payment.pk)
