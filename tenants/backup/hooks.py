"""What other apps add to an archive: region apps a proof over their rows, shared apps what the platform knows of the region.

Registered in an app's own `hooks.py`, imported by its AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from tenants.kernel.registering import register_once
from tenants.models import Region

Proof = dict[str, int | str]


class RegionRecord(Protocol):
    """What a shared app knows of a region and needs to know of it elsewhere. Called on the platform; values are JSON."""

    def export(self, region: Region) -> Any:
        """What goes into the archive."""

    def problems(self, data: Any, region: Region | None) -> list[str]:
        """Why `data` cannot be written here, a sentence each. `region` is the region that comes back, None for a new one."""

    def write(self, data: Any, region: Region, slug: str) -> None:
        """Write it for a region that has just been entered in the registry, inside the transaction that opens it."""


# Moves what must outlive a restore from the live schema into the one that takes its place: cursor, live, other.
CarryOver = Callable[[Any, str, str], None]

_carried: dict[str, CarryOver] = {}
_after: dict[str, Callable[[], None]] = {}
_proofs: dict[str, Callable[[], Proof]] = {}
_records: dict[str, RegionRecord] = {}


def region_proof(name: str) -> Callable[[Callable[[], Proof]], Callable[[], Proof]]:
    """Register a function that sums up rows which must come back exactly, called with the region bound.

    It reads only, and gives the same answer for the same rows under any schema name and in any later release.
    """

    def register(prove: Callable[[], Proof]) -> Callable[[], Proof]:
        register_once(_proofs, name, prove, what="proof")
        return prove

    return register


def region_record(name: str) -> Callable[[type[RegionRecord]], type[RegionRecord]]:
    """Register what a shared app keeps about regions."""

    def register(record: type[RegionRecord]) -> type[RegionRecord]:
        register_once(_records, name, record(), what="record")
        return record

    return register


def carried_over(name: str) -> Callable[[CarryOver], CarryOver]:
    """Register a function that runs as the owner, inside the transaction in which two states of a region change places."""

    def register(carry: CarryOver) -> CarryOver:
        register_once(_carried, name, carry, what="carry-over")
        return carry

    return register


def after_swap(name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a function that is called in the region once it works on the other state; it may be called again."""

    def register(act: Callable[[], None]) -> Callable[[], None]:
        register_once(_after, name, act, what="act after a swap")
        return act

    return register


def carry_overs() -> list[CarryOver]:
    """All of them, by name."""
    return [carry for _, carry in sorted(_carried.items())]


def after_swaps() -> list[Callable[[], None]]:
    """All of them, by name."""
    return [act for _, act in sorted(_after.items())]


def proofs() -> dict[str, Proof]:
    """Every proof of the bound region."""
    return {name: prove() for name, prove in sorted(_proofs.items())}


def records() -> dict[str, RegionRecord]:
    """Every record, by name."""
    return dict(_records)
