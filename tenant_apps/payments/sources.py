"""Money that somebody has elsewhere in the region and may pay with here: the app that keeps it registers itself.

    register_source(WasteSavings())          # in AppConfig.ready of bank_sampah

Whoever pays agrees first (`agree`), in a transaction of its own, so that wrong tries stay counted; what comes of it goes
into the transaction that sells. `take` is called in there, once everything else is promised: it locks its own rows, then the
accounts, in the order of docs/bank-sampah.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol
from uuid import UUID

from django.utils.translation import gettext as _

from tenant_apps.accounts.services.passkeys import Confirmed
from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import Posting, account_of_citizen, account_of_region, account_of_warung, post
from tenant_apps.payments.errors import NoWayToPay
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User

# How a document names this way of paying beside the methods of payments.
SAVINGS = "savings"


class Purse(Protocol):
    """What one person has there. `amount`: rupiah that can be spent now."""

    @property
    def amount(self) -> int: ...

    @property
    def owner(self) -> str:
        """Whose it is, for telling two payers apart."""

    def agree(self, pin: str) -> None:
        """It is them. Raises DomainError; never inside a transaction."""

    def take(
        self,
        amount: int,
        *,
        key: UUID,
        way: Literal["balance", "goods"],
        warung: Warung | None,
        by: str,
        also: Sequence[Account],
    ) -> list[Posting]:
        """So much leaves, for the caller to book in one entry. `also`: accounts that the caller will book on, held with its own.

        Raises:  DomainError that says how much there is. Then the caller's transaction ends.
        """


class MoneySource(Protocol):
    """Where the money lies."""

    def purse_of(self, user: User) -> Purse | None:
        """What this person has; None where the region has no such thing, or they have none."""

    def is_open(self) -> bool:
        """Whether the region offers it at all."""

    def purse_at_counter(self, typed: str, pin: str) -> Purse:
        """Of whoever stands at a counter with a card, or says its number, and types the PIN. Never inside a transaction.

        Raises:  DomainError.
        """

    def give_back(self, *, key: UUID, entry: JournalEntry, reason: str, by: str) -> None:
        """What `take` took with this key for the entry is there again; the caller reverses the entry after it."""


@dataclass(frozen=True)
class Agreed:
    """A purse whose owner has just agreed to pay with it; `agree` and `agree_at_counter` make it, nobody else."""

    purse: Purse

    def bring_to_balance(self, *, user: User, amount: int, key: UUID, text: str, by: str) -> None:
        """So much is in the person's WARSA balance, to be paid with in this very transaction.

        Raises:  what the purse raises when there is less.
        Writes:  one entry.
        """
        balance = account_of_citizen(user)
        # What a payment by balance books on next is held now, in the order of codes.
        held = account_of_region("held")
        left = self.purse.take(amount, key=key, way="balance", warung=None, by=by, also=[balance, held])
        post(key=f"funds:{key}", text=text, postings=[*left, Posting(balance, -amount)], by=by)

    def bring_to_warung(
        self, *, warung: Warung, amount: int, key: UUID, by: str, also: Sequence[Account]
    ) -> list[Posting]:
        """So much of goods at the counter is paid: the region has the money and owes it to the warung. For the entry of the sale.

        Raises:  what the purse raises when there is less.
        """
        owed, claim = account_of_warung(warung, "payable"), account_of_warung(warung, "claim")
        left = self.purse.take(amount, key=key, way="goods", warung=warung, by=by, also=[*also, owed, claim])
        return [*left, Posting(owed, -amount), Posting(claim, amount)]


_sources: list[MoneySource] = []


def register_source(source: MoneySource) -> None:
    """The one source; registering again takes the earlier one's place."""
    _sources[:] = [source]


def source() -> MoneySource | None:
    """Where else money may lie; None where no app keeps any."""
    return _sources[0] if _sources else None


def source_at_counter() -> MoneySource | None:
    """The source, where this region lets people pay with it."""
    found = source()
    return found if found is not None and found.is_open() else None


def purse_of(user: User) -> Purse | None:
    """What this person may pay with besides cash, balance and QRIS."""
    found = source()
    return None if found is None else found.purse_of(user)


def agree(user: User, pin: str = "", confirmed: Confirmed | None = None) -> Agreed:
    """The person agrees to pay from their purse, by the PIN or by a passkey of theirs. Never inside a transaction.

    Raises:  NoWayToPay without a purse; what the purse raises for a PIN that is wrong, missing or closed.
    """
    purse = purse_of(user)
    if purse is None:
        raise NoWayToPay(_("There are no savings to pay with. Choose another way to pay."))
    if confirmed is None or confirmed.user_id != user.pk:
        purse.agree(pin)
    return Agreed(purse)


def agree_at_counter(typed: str, pin: str) -> Agreed:
    """The same, of somebody at a counter, who needs no account. Never inside a transaction.

    Raises:  NoWayToPay; what the source raises.
    """
    found = source_at_counter()
    if found is None:
        raise NoWayToPay(_("There are no savings to pay with. Choose another way to pay."))
    return Agreed(found.purse_at_counter(typed, pin))
