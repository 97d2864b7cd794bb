"""Django's memory of content types, with an answer for each region: one model's id differs from schema to schema.

Stock Django has one answer for the process, and stock django-tenants empties it at every switch.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connections, transaction

from tenants.context import scope
from tenants.listening import EVERYTHING, registry
from tenants.registry import OWNER_ROLE

# Each with two keys for every model that was asked for.
MOST_REGIONS = 300

Key = tuple[str, str] | int
Place = tuple[str, str]


class Memory:
    """Stands where ContentTypeManager keeps its dictionary of dictionaries, and offers the three things that it uses.

    Nothing is remembered for the owner, who builds and changes schemas, nor from inside a transaction before it commits,
    nor while the registry is not heard.
    """

    def __init__(self) -> None:
        self._places: dict[Place, dict[Key, ContentType]] = {}
        # One more for each change; a query's answer counts only if none came since the thread looked here before it.
        self._age = 0
        self._asked = threading.local()

    def __getitem__(self, alias: str) -> Mapping[Key, ContentType]:
        self._asked.at = self._age
        if not self._is_trusted(alias):
            return {}
        return self._places.get((alias, scope()), {})

    def setdefault(self, alias: str, default: object) -> _Answer:
        return _Answer(self, alias)

    def clear(self) -> None:
        self.forget(frozenset({EVERYTHING}))

    def forget(self, schemas: frozenset[str]) -> None:
        """These schemas, or all, have other content types now."""
        self._age += 1
        if EVERYTHING in schemas:
            self._places.clear()
            return
        for place in list(self._places.copy()):
            if place[1] in schemas:
                self._places.pop(place, None)

    def note(self, alias: str, key: Key, found: ContentType) -> None:
        if not self._is_trusted(alias):
            return
        keep = partial(self._keep, (alias, scope()), key, found, getattr(self._asked, "at", -1))
        if connections[alias].in_atomic_block:
            # The transaction may have made the row itself, and may yet take it back.
            transaction.on_commit(keep, using=alias, robust=True)
        else:
            keep()

    def _is_trusted(self, alias: str) -> bool:
        bound: Any = connections[alias]
        return bound.role != OWNER_ROLE and registry.is_heard()

    def _keep(self, place: Place, key: Key, found: ContentType, asked_at: int) -> None:
        if len(self._places) >= MOST_REGIONS and place not in self._places:
            self._places.clear()
        answers = self._places.setdefault(place, {})
        answers[key] = found
        # After storing, as in tenants.sites: a change that comes from here on finds the answer and drops it.
        if self._age != asked_at:
            answers.pop(key, None)


class _Answer:
    """Takes one answer of a query into the memory."""

    def __init__(self, memory: Memory, alias: str) -> None:
        self._memory, self._alias = memory, alias

    def __setitem__(self, key: Key, found: ContentType) -> None:
        self._memory.note(self._alias, key, found)


memory = Memory()


def install() -> None:
    """Every manager of ContentType remembers by region from now on."""
    registry.subscribe(memory.forget)
    for manager in {ContentType.objects, *ContentType._meta.managers, *ContentType._meta.local_managers}:
        manager._cache = memory  # type: ignore[attr-defined]
