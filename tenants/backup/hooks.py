"""What other apps add to an archive: region apps a proof over their rows, shared apps what the platform knows of the region.

Registered in an app's own `hooks.py`, imported by its AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

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


_proofs: dict[str, Callable[[], Proof]] = {}
_records: dict[str, RegionRecord] = {}


def region_proof(name: str) -> Callable[[Callable[[], Proof]], Callable[[], Proof]]:
    """Register a function that sums up rows which must come back exactly, called with the region bound.

    It reads only, and gives the same answer for the same rows under any schema name and in any later release.
    """

    def register(prove: Callable[[], Proof]) -> Callable[[], Proof]:
        if name in _proofs:
            raise ValueError(f"proof {name!r} is registered twice")
        _proofs[name] = prove
        return prove

    return register


def region_record(name: str) -> Callable[[type[RegionRecord]], type[RegionRecord]]:
    """Register what a shared app keeps about regions."""

    def register(record: type[RegionRecord]) -> type[RegionRecord]:
        if name in _records:
            raise ValueError(f"record {name!r} is registered twice")
        _records[name] = record()
        return record

    return register


def proofs() -> dict[str, Proof]:
    """Every proof of the bound region."""
    return {name: prove() for name, prove in sorted(_proofs.items())}


def records() -> dict[str, RegionRecord]:
    """Every record, by name."""
    return dict(_records)
