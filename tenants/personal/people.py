"""What the apps hold of one person, asked of each of them in the same way; each registers in its `personal.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise

from tenants.identity.models import User
from tenants.personal.sealing import canonical

# In place of what is gone. Never longer than what it replaces: nothing shorter is looked for.
GONE = "•••"
SHORTEST = len(GONE)


@dataclass
class Person:
    """Somebody of the bound region. `user`: None for who has no account; `rows`: what else is theirs, by model label.

    `names`, `numbers` (telephones), `niks`, `mails`: everything by which they are known. `pseudonym`: what they are called after.
    """

    user: User | None = None
    rows: dict[str, set[int]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    niks: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)
    pseudonym: str = ""

    def add(self, row: Model) -> None:
        """This row is theirs."""
        self.rows.setdefault(row._meta.label, set()).add(row.pk)

    def of(self, model: type[Model]) -> set[int]:
        """Ids of their rows of this model."""
        return self.rows.get(model._meta.label, set())

    def called(self, *, name: str = "", number: str = "", nik: str = "", mail: str = "") -> None:
        """They are known by these too; nothing is told by an empty text."""
        for kept, text in ((self.names, " ".join(name.split())), (self.mails, mail.strip().lower())):
            if len(text) >= SHORTEST:
                kept.add(text)
        for kept, digits in ((self.numbers, canonical(number)), (self.niks, canonical(nik))):
            if len(digits) >= 6:
                kept.add(digits)


class Holder:
    """One app's part. Called with the region bound; each method may be called again.

    `own_names`: columns ("table.column") with the name of whoever the row belongs to. A namesake's row keeps it: there only
    `erase` takes a name away, by whose row it is. In every other text a name is taken for the person's.
    """

    own_names: tuple[str, ...] = ()

    def find(self, person: Person) -> None:
        """Adds the app's rows of the person, and by what they are known there."""

    def indexes(self, person: Person) -> Iterable[str]:
        """Blind indexes of their numbers in columns called `blind_index`: afterwards no number leads to these rows."""
        return ()

    def hindrances(self, person: Person) -> Iterable[str]:
        """Why they cannot be forgotten yet, and what to do about it, in the reader's language."""
        return ()

    def copy(self, person: Person) -> dict[str, Any]:
        """All that the app holds of them, as JSON takes it."""
        return {}

    def erase(self, person: Person) -> None:
        """Nothing of the app tells who it was: rows of bookkeeping stay, under the pseudonym. Inside a transaction."""


@dataclass(frozen=True)
class _Registered:
    name: str
    label: str | Promise
    order: int
    holder: Holder


_registered: dict[str, _Registered] = {}


def holder(name: str, *, label: str | Promise, order: int) -> Any:
    """Register a class as an app's part; the lower `order` is asked first."""

    def register(one: type[Holder]) -> type[Holder]:
        if name in _registered:
            raise ValueError(f"{name!r} is registered twice")
        _registered[name] = _Registered(name, label, order, one())
        return one

    return register


def holders() -> list[_Registered]:
    """All parts in order."""
    return sorted(_registered.values(), key=lambda one: one.order)


def own_names() -> frozenset[str]:
    """Of all parts."""
    return frozenset(column for one in holders() for column in one.holder.own_names)


def known(person: Person) -> Person:
    """The person with everything that the apps know of them. A row of one app may lead to another's: asked until nothing is new."""
    while True:
        before = _size(person)
        for one in holders():
            one.holder.find(person)
        if _size(person) == before:
            return person


def _size(person: Person) -> tuple[int, ...]:
    rows = sum(len(ids) for ids in person.rows.values())
    return (rows, person.user is not None, *map(len, (person.names, person.numbers, person.niks, person.mails)))
