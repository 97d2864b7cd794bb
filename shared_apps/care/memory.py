"""What a process remembers of flags and announcements, by region: pages ask for them all the time, operators change them rarely.

A change is told on the registry's channel (migration 0002) and makes the memory forget; see tenants.listening.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from tenants.context import scope
from tenants.listening import EVERYTHING, registry

# What the triggers say.
TOLD = "care"
# Seconds. A region's kecamatan change without a word on that channel.
LONGEST = 60.0
# A few hundred bytes each.
MOST_REGIONS = 10_000
# What reaches the caller's region is all that its role sees; announcements that are over for good are left out.
_ASK = """
SELECT 'flag', NULL, name, '', '', '{}'::varchar[], NULL, NULL FROM public.care_flag
UNION ALL
SELECT 'news', public_id, kind, text_id, text_en, roles, starts_at, ends_at FROM public.care_announcement
WHERE ends_at > clock_timestamp()
ORDER BY 7 DESC NULLS LAST
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement that reaches the region, now or soon."""

    public_id: UUID
    kind: str
    text_id: str
    text_en: str
    roles: frozenset[str]
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Reached:
    """All that reaches one region."""

    flags: frozenset[str]
    announcements: tuple[Told, ...]


class Memory:
    """By schema, what was found and when. No locks: what is read while a change is told is taken back at once."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[float, Reached]] = {}
        # One more for each change that was told.
        self.age = 0

    def recall(self, schema: str) -> Reached | None:
        found = self._rows.get(schema)
        return found[1] if found is not None and time.monotonic() - found[0] < LONGEST else None

    def keep(self, schema: str, reached: Reached, *, asked_at: int) -> None:
        """Remember what a query found that began at this age."""
        if len(self._rows) >= MOST_REGIONS:
            self._rows.clear()
        self._rows[schema] = (time.monotonic(), reached)
        if self.age != asked_at:
            self._rows.pop(schema, None)

    def told(self, names: frozenset[str]) -> None:
        if names & {TOLD, EVERYTHING}:
            self.age += 1
            self._rows.clear()


memory = Memory()
registry.subscribe(memory.told)


def reached() -> Reached:
    """What reaches the bound region. One question, none while the process remembers; in a transaction its own view counts."""
    schema, may_remember = scope(), not connection.in_atomic_block and registry.is_heard()
    if may_remember and (known := memory.recall(schema)) is not None:
        return known
    age = memory.age
    with connection.cursor() as cursor:
        cursor.execute(_ASK)
        rows = cursor.fetchall()
    found = Reached(
        frozenset(name for what, _id, name, *_rest in rows if what == "flag"),
        tuple(
            Told(public_id, kind, text_id, text_en, frozenset(roles), starts_at, ends_at)
            for what, public_id, kind, text_id, text_en, roles, starts_at, ends_at in rows
            if what == "news"
        ),
    )
    if may_remember:
        memory.keep(schema, found, asked_at=age)
    return found
