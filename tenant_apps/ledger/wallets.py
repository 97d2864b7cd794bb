"""Everything that a citizen has in the region, in one place: each app that keeps money for people registers what it keeps.

register_wallet(savings_of)              # in AppConfig.ready of bank_sampah
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from tenant_apps.ledger.books import label_of
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.selectors import account_of
from tenants.identity.models import User


@dataclass(frozen=True)
class Held:
    """One account of a person, in rupiah. What is `bound` is kept for its purpose until that day and is not to be spent."""

    account: Account
    name: str
    amount: int
    address: str = ""
    number: str = ""
    bound_until: date | None = None
    # Asked for and not paid out yet: no longer in `amount`.
    set_aside: int = 0

    @property
    def spendable(self) -> int:
        return 0 if self.bound_until else self.amount


@dataclass(frozen=True)
class Wallet:
    """All of them."""

    held: Sequence[Held] = field(default_factory=list)

    @property
    def spendable(self) -> int:
        """What can be spent now; nothing that is bound or set aside."""
        return sum(one.spendable for one in self.held)

    @property
    def bound(self) -> list[Held]:
        return [one for one in self.held if one.bound_until]

    @property
    def free(self) -> list[Held]:
        return [one for one in self.held if not one.bound_until]

    @property
    def set_aside(self) -> int:
        return sum(one.set_aside for one in self.held)

    @property
    def names(self) -> dict[int, str]:
        """What each account is called, by its id."""
        return {one.account.pk: one.name for one in self.held}


_sources: list[Callable[[User], Sequence[Held]]] = []


def register_wallet(source: Callable[[User], Sequence[Held]]) -> None:
    """What an app keeps for a person, read in a fixed number of queries. Registering it again changes nothing."""
    if source not in _sources:
        _sources.append(source)


def wallet_of(user: User) -> Wallet:
    """The WARSA balance first, then what the apps keep. Looking opens no account."""
    balance = account_of(user)
    own = [] if balance is None else [Held(balance, label_of(balance), balance.amount)]
    return Wallet([*own, *(one for source in _sources for one in source(user))])
