"""Which region answers at a host, remembered by the process; see tenants.listening for when the memory is trusted.

No locks, so that a fork in any moment leaves none held: what is read by a query that began before a change was told is stored
and taken back at once.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import F

from tenants.listening import EVERYTHING, registry
from tenants.models import Region

# About 2 kB each.
MOST_HOSTS = 10_000

Values = tuple[Any, ...]


class Memory:
    """Hosts with the values of their region's row, and whether they are its primary one; never the object, which its user may change."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[Values, bool]] = {}
        # One more for each change that was told.
        self.age = 0

    def __len__(self) -> int:
        return len(self._rows)

    def recall(self, host: str) -> Region | None:
        """A fresh object of the region at this host, if it is known."""
        known = self._rows.get(host)
        if known is None:
            return None
        row, is_primary = known
        return _told_host(Region.from_db(connection.alias, _columns(), row), host, is_primary=is_primary)

    def keep(self, host: str, region: Region, *, is_primary: bool, asked_at: int) -> None:
        """Remember what a query found that began at this age."""
        if len(self._rows) >= MOST_HOSTS:
            self._rows.clear()
        self._rows[host] = (tuple(getattr(region, name) for name in _columns()), is_primary)
        # After storing: a change that is told from here on finds the row and drops it.
        if self.age != asked_at:
            self._rows.pop(host, None)

    def told(self, names: frozenset[str]) -> None:
        """These schemas and hosts have changed."""
        self.age += 1
        if EVERYTHING in names:
            self._rows.clear()
            return
        schema_at = _columns().index("schema_name")
        for host, (row, _is_primary) in self._rows.copy().items():
            if host in names or row[schema_at] in names:
                self._rows.pop(host, None)


def _columns() -> list[str]:
    return [field.attname for field in Region._meta.concrete_fields]


memory = Memory()
registry.subscribe(memory.told)


def region_at(host: str) -> Region | None:
    """The region that answers at exactly this host (lower case), or None. The platform must be bound.

    From memory while the registry is heard; then `schema_version` and `last_activity_at` may be older than the row's.
    An unknown host is asked for each time, so that a new address answers at once. Inside a transaction its own view counts.
    """
    may_remember = not connection.in_atomic_block and registry.is_heard()
    if may_remember and (known := memory.recall(host)) is not None:
        return known
    age = memory.age
    rows = Region.objects.filter(domains__domain=host).annotate(at_primary=F("domains__is_primary"))
    region: Region | None = rows.first()
    if region is None:
        return None
    is_primary = bool(region.__dict__.pop("at_primary"))
    if may_remember:
        memory.keep(host, region, is_primary=is_primary, asked_at=age)
    return _told_host(region, host, is_primary=is_primary)


def _told_host(region: Region, host: str, *, is_primary: bool) -> Region:
    """Links into the region name its primary host (`hosts.region_url`): who came by it need not ask which one it is.

    Another host says nothing of it: only a change of the primary one's own row takes the memory of that host back.
    """
    if is_primary:
        region.__dict__["_primary_host"] = host
    return region
