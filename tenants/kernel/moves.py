"""States and moves: how every document goes from one state to the next.

A document is a model with a `state` field, a class attribute `moves: Moves`, and a method `record_move(step)` that writes its history row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import StaleDocument


@dataclass(frozen=True)
class Move:
    """A named transition from any of `sources` to `target`."""

    name: str
    sources: tuple[str, ...]
    target: str


@dataclass(frozen=True)
class Step:
    """One move that happened: what the history row tells."""

    move: str
    before: str
    after: str
    by: str
    reason: str


class Moves:
    """The table of a document's moves, by name."""

    def __init__(self, *moves: Move) -> None:
        self._by_name = {m.name: m for m in moves}
        if len(self._by_name) != len(moves):
            raise ValueError("two moves share a name")

    def __getitem__(self, name: str) -> Move:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Move]:
        return iter(self._by_name.values())

    def open_from(self, state: str) -> list[str]:
        """Names of the moves that a document in `state` may make."""
        return [m.name for m in self if state in m.sources]


def move(document: Any, name: str, *, by: str, reason: str = "") -> bool:
    """Take one step, or find that it was taken already.

    States:  one of the move's sources -> its target. Repeating it changes nothing and returns False.
    Raises:  StaleDocument when the document is in any other state; TransactionManagementError outside a transaction.
    Writes:  the state, and a history row through `document.record_move`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("move() belongs inside transaction.atomic()")
    this: Move = type(document).moves[name]
    rows = type(document)._base_manager.filter(pk=document.pk)
    before: str = rows.select_for_update(no_key=True).values_list("state", flat=True).get()
    if before == this.target:
        document.state = before
        return False
    if before not in this.sources:
        document.state = before
        raise StaleDocument(
            _("This has changed in the meantime, so that step is no longer possible. Look at it again."),
            state=before,
        )
    rows.update(state=this.target)
    document.state = this.target
    document.record_move(Step(move=name, before=before, after=this.target, by=by, reason=reason))
    return True
