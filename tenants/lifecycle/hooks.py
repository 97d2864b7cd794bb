"""What region apps and shared apps tell the lifecycle of regions; registered in their `hooks.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tenants.context import in_region
from tenants.kernel.registering import register_once
from tenants.models import Region


@dataclass(frozen=True)
class Owed:
    """Money that the region owes to people, of one kind. `amount` is in rupiah, `people` how many accounts it lies in."""

    what: str
    amount: int
    people: int


@dataclass(frozen=True)
class Admin:
    """Somebody who administers the region."""

    name: str
    email: str


_admins: dict[str, Callable[[], list[Admin]]] = {}
_owed: dict[str, Callable[[], list[Owed]]] = {}
_gone: dict[str, Callable[[Region], None]] = {}
Registered = TypeVar("Registered", bound=Callable[..., object])


def _door(table: dict[str, Registered], what: str) -> Callable[[str], Callable[[Registered], Registered]]:
    def named(name: str) -> Callable[[Registered], Registered]:
        def register(function: Registered) -> Registered:
            register_once(table, name, function, what=what)
            return function

        return register

    return named


# Called with the region bound: who administers it; what it owes to people.
region_admins = _door(_admins, "list of admins")
owed_to_people = _door(_owed, "list of debts")
# Called on the platform, inside the transaction that notes that the region's data are deleted.
region_gone = _door(_gone, "act after a deletion")


def admins_of(region: Region) -> list[Admin]:
    """Who administers the region. Not inside a transaction."""
    with in_region(region):
        return [one for _, told in sorted(_admins.items()) for one in told()]


def debts_of(region: Region) -> list[Owed]:
    """What the region owes to people, kind by kind; empty when it owes nothing. Not inside a transaction."""
    with in_region(region):
        return [one for _, told in sorted(_owed.items()) for one in told() if one.amount > 0]


def tell_gone(region: Region) -> None:
    """The platform's apps give up what they hold for a region whose data are deleted."""
    for _, act in sorted(_gone.items()):
        act(region)
