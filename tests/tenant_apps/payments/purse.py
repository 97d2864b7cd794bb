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
from tenant_apps.payments.models import Method, Payment, PaymentEvent, PaymentIssue, WarungQris
from tenant_apps.payments.services import open_payment
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.outbox.services import sweep
from tests.cast import BY, Cast, browser_of


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
    return body + str(qris_crc(body))


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
    kind: str = "bill",
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


def now_of(payment: Payment) -> Payment:
    """The payment as the database has it."""
    return Payment.objects.get(pk=payment.pk)


# What happened to documents of the kind "bill", in order.
CALLS: list[str] = []
WEBHOOK = "/pembayaran/midtrans/"


def bill(market: Cast, number: str = "7KQ4MP", **more: Any) -> Payment:
    """Ratna is to pay 14.500 through the provider, and the code is there."""
    payment = owe(market, Method.QRIS, more.pop("amount", 14_500), number=number, **more)
    work_off()
    return now_of(payment)


def work_off() -> None:
    """What waits in the outbox leaves, until nothing is due."""
    while sweep(quiet=timedelta(0)):
        pass


def notify(bodies: list[bytes], slug: str = "kalidoni") -> list[int]:
    """The provider tells a region's site; what that asks for is worked off each time."""
    client = browser_of(None, slug)
    codes = []
    for body in bodies:
        codes.append(client.post(WEBHOOK, body, content_type="application/json").status_code)
        work_off()
    return codes


def picture(market: Cast, payment: Payment) -> dict[str, Any]:
    """Everything that must come out the same: the payment, its money, the books, the queue, the document."""
    now = now_of(payment)
    return {
        "payment": (now.state, now.paid, now.refunded, now.settled),
        "in": sorted(now.money_in.values_list("source", "amount")),
        "back": sorted(now.refunds.values_list("to", "amount")),
        "books": balances(market),
        "events": PaymentEvent.objects.filter(payment=payment).count(),
        "issues": sorted(PaymentIssue.objects.values_list("kind", "next_step", "amount", "done_at")),
        "calls": sorted(CALLS),
        "moves": list(now.history.values_list("after", flat=True)),
    }
