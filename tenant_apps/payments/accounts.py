"""The accounts that payments book on: the table "Books" of docs/box-belanja.md."""

from __future__ import annotations

from dataclasses import dataclass

from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import (
    account_of_citizen,
    account_of_courier,
    account_of_provider,
    account_of_region,
    account_of_warung,
)
from tenant_apps.payments.models import Payment, Source
from tenants.identity.models import User


@dataclass(frozen=True)
class Books:
    """A payment's accounts, opened when asked for."""

    payment: Payment

    def of_warung(self, book: str) -> Account:
        return account_of_warung(self.payment.warung, book)

    @property
    def held(self) -> Account:
        """Where the money waits for the hand-over: with the region, or with the warung whose QRIS it came to."""
        return self.of_warung("held") if self.with_warung else account_of_region("held")

    @property
    def with_warung(self) -> bool:
        return self.payment.method == "qris" and not self.payment.provider

    @property
    def provider(self) -> Account:
        return account_of_provider(self.payment.provider)

    @property
    def payer(self) -> Account:
        """Raises LookupError for a payment of nobody known."""
        if self.payment.payer is None:
            raise LookupError("nobody known pays this")
        return account_of_citizen(self.payment.payer)

    @property
    def owed(self) -> Account:
        """What the warung owes the region: it has the money of a payer to whom the region now owes it."""
        return self.of_warung("owed")

    @property
    def debt(self) -> Account:
        """The same, as the warung sees it."""
        return self.of_warung("debt")

    def drawer_or_courier(self, collector: User | None) -> Account:
        return self.of_warung("cash") if collector is None else account_of_courier(collector)

    def source(self, source: Source) -> Account:
        """Which account grows when money comes from there."""
        if source == Source.WARUNG_QRIS:
            return self.of_warung("qris")
        return self.payer if source == Source.BALANCE else self.provider
