"""What apps of a region give along when warungs go with their kecamatan; registered in their `hooks.py`.

Money never goes along: what is owed is settled before. People neither: owners are invited anew, and decide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from tenants.kernel.registering import register_once


@dataclass
class Arrived:
    """What came of one part: how many things are there, and what was left out with the reason, a sentence each."""

    count: int = 0
    left_out: list[str] = field(default_factory=list)


class MovingPart:
    """One part of what warungs have. Each method is called with a region bound; all of them may run again after a crash.

    `villages` are the codes of the kelurahan that go; `key` names the move, for keys of what must happen once.
    """

    def obstacles(self, villages: Collection[str]) -> list[str]:
        """In the region that they leave: what must be settled before, a sentence each."""
        return []

    def hold(self, villages: Collection[str], *, by: str) -> None:
        """Nothing new begins at these warungs."""

    def let_go(self, villages: Collection[str], *, by: str) -> None:
        """They stay after all: what `hold` stopped goes on, and nothing that anybody else has stopped."""

    def take(self, villages: Collection[str]) -> Any:
        """What goes along, read and not changed. Kept in memory only, for it may name people."""
        return None

    def count(self, data: Any) -> int:
        """How many things it is."""
        return len(data)

    def arrive(self, data: Any, *, key: str, by: str) -> Arrived:
        """In the region to which they go, inside a transaction. What is there already stays as it is."""
        return Arrived()

    def leave(self, data: Any, *, key: str, by: str) -> None:
        """In the region that they leave, inside a transaction, once all of it has arrived: it is there no more."""


_parts: dict[str, tuple[int, MovingPart]] = {}


def moving_part(name: str, *, order: int) -> Any:
    """Register a class as a part; parts arrive in `order`, and leave the other way round."""

    def register(part: type[MovingPart]) -> type[MovingPart]:
        register_once(_parts, name, (order, part()), what="part of a move")
        return part

    return register


def parts() -> list[tuple[str, MovingPart]]:
    """All of them in the order in which they arrive."""
    return [(name, part) for name, (_, part) in sorted(_parts.items(), key=lambda one: (one[1][0], one[0]))]
