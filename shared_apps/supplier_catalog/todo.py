"""What waits for a supplier: apps of the portal register what they know, its first page shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from shared_apps.supplier_catalog.access import Supplier


@dataclass(frozen=True)
class NextStep:
    """Something that somebody should do now. `icon` is a lucide name."""

    title: str
    note: str
    url: str
    icon: str
    count: int = 0


Ask = Callable[[Supplier], list[NextStep]]
_asked: list[tuple[int, Ask]] = []


def next_steps(*, order: int) -> Callable[[Ask], Ask]:
    """Register a function that tells what waits; it asks few queries and looks at what the person may do."""

    def register(function: Ask) -> Ask:
        _asked.append((order, function))
        return function

    return register


def steps_of(supplier: Supplier) -> Iterator[NextStep]:
    """All of them, in their order."""
    for _order, ask in sorted(_asked, key=lambda one: one[0]):
        yield from ask(supplier)
