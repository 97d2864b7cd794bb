"""What the apps hold of one person, asked of each of them in the same way; each registers in its `personal.py`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model
from django.utils.functional import Promise

from tenants.identity.models import User
from tenants.kernel.registering import register_once
from tenants.personal.sealing import canonical

# In place of what is gone. Never longer than what it replaces: nothing shorter is looked for.
GONE = "•••"
SHORTEST = len(GONE)
# Digits of a telephone number with its country; fewer would be found in amounts and days.
LEAST_DIGITS = 11


@dataclass
class Person:
    """Somebody of the bound region. `user`: None for who has no account; `rows`: what else is theirs, by model label.

    `names` are whole ones of two words or more, which nobody else is taken for in a note. `aliases`: single words, and names that
    were typed for them; these are looked for only beside one of `documents`, numbers of what is theirs.
    `numbers`: telephones. `proven`: those of which it was shown that they are theirs; only by them are rows of others shown.
    `pseudonym`: what they are called afterwards.
    """

    user: User | None = None
    rows: dict[str, set[int]] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    documents: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    niks: set[str] = field(default_factory=set)
    mails: set[str] = field(default_factory=set)
    pseudonym: str = ""
    # Public ids under which looks at them and their consents are noted.
    subjects: set[UUID] = field(default_factory=set)

    def add(self, row: Model) -> None:
        """This row is theirs."""
        self.rows.setdefault(row._meta.label, set()).add(row.pk)

    def of(self, model: type[Model]) -> set[int]:
        """Ids of their rows of this model."""
        return self.rows.get(model._meta.label, set())

    def called(self, name: str) -> None:
        """So they are called in an account or book of their own."""
        words = " ".join(name.split())
        if len(words) >= SHORTEST and words != self.pseudonym:
            # A word alone, such as a name that is a brand or a plant too, stands in too many notes of others.
            (self.names if " " in words else self.aliases).add(words)

    def also_called(self, name: str) -> None:
        """So somebody wrote them down, on one of their documents."""
        words = " ".join(name.split())
        if len(words) >= SHORTEST and words != self.pseudonym:
            self.aliases.add(words)

    def reached_at(self, number: str, *, proven: bool = False) -> None:
        """By this telephone; `proven` if it was shown to be theirs."""
        digits = canonical(number)
        if len(digits) >= LEAST_DIGITS:
            self.numbers.add(digits)
            if proven:
                self.proven.add(digits)


class Holder:
    """One app's part. Called with the region bound; each method may be called again."""

    def find(self, person: Person) -> None:
        """Adds the app's rows of the person, and by what they are known there."""

    def claims(self, number: str, person: Person) -> bool:
        """Whether somebody else's account or book has this telephone: then it is not looked for in what others wrote."""
        return False

    def shut(self, person: Person) -> None:
        """Locks what is theirs and lets nothing new come in, so that what hindrances say stays true. Inside a transaction."""

    def hindrances(self, person: Person) -> Iterable[str]:
        """Why they cannot be forgotten yet, and what to do about it, in the reader's language."""
        return ()

    def copy(self, person: Person) -> dict[str, Any]:
        """All that the app holds of them, as JSON takes it: rows of theirs alone."""
        return {}

    def erase(self, person: Person) -> None:
        """Nothing of the app tells who it was: rows of bookkeeping stay, under the pseudonym. Inside a transaction."""

    def wipes(self, person: Person) -> Iterable[tuple[str, str, list[int]]]:
        """Notes of theirs in rows that the database lets nobody rewrite: table, column, ids."""
        return ()

    def indexes(self, person: Person) -> Iterable[str]:
        """Blind indexes of their numbers in columns called `blind_index`: afterwards no number leads to these rows."""
        return ()


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
        register_once(_registered, name, _Registered(name, label, order, one()), what="holder")
        return one

    return register


def holders() -> list[_Registered]:
    """All parts in order."""
    return sorted(_registered.values(), key=lambda one: one.order)


def known(person: Person) -> Person:
    """The person with everything that the apps know of them. A row of one app may lead to another's: asked until nothing is new."""
    while True:
        before = _size(person)
        for one in holders():
            one.holder.find(person)
        if _size(person) == before:
            return person


def hindrances(person: Person) -> list[str]:
    """Of all parts."""
    return [reason for one in holders() for reason in one.holder.hindrances(person)]


def _size(person: Person) -> tuple[int, ...]:
    kept: tuple[set[Any], ...] = (
        person.subjects,
        person.names,
        person.aliases,
        person.documents,
        person.numbers,
        person.proven,
        person.niks,
        person.mails,
    )
    return (sum(len(ids) for ids in person.rows.values()), person.user is not None, *map(len, kept))
