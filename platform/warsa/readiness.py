"""Whether this process can serve, part by part.

What all processes lean on alike and pages can do without (cache, broker) makes it `degraded`, not unready: a balancer
that takes every process out for it would turn a limp into a fall.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader

from tenants.listening import registry
from tenants.models import SchemaRelease
from tenants.schemas.release import current_version
from warsa.celery import app

# Below this an upload may fail in the middle.
LOWEST_MB = 64
BROKER_WITHIN_S = 2


class NotReady(Exception):
    """The part does not do its work; the message says so without an address."""


@dataclass(frozen=True)
class Part:
    name: str
    check: Callable[[], None]
    # Without it no page is served.
    needed: bool


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


_level_reached: set[str] = set()


def _schema() -> None:
    """The platform's tables and the release of regions are those of this code. Once true it stays so while the process lives."""
    version = current_version()
    if version in _level_reached:
        return
    loader = MigrationLoader(connections[DEFAULT_DB_ALIAS])
    lacking = loader.graph.nodes.keys() - loader.applied_migrations.keys()
    if {key for key in lacking if key[0] in loader.migrated_apps}:
        raise NotReady("migrations are missing")
    if not SchemaRelease.objects.filter(version=version).exists():
        raise NotReady("the release of this code is not captured")
    _level_reached.add(version)


def _cache() -> None:
    cache.set("readyz", 1, 5)
    if cache.get("readyz") != 1:
        raise NotReady("does not keep what it is given")


def _broker() -> None:
    with app.connection_for_read(transport_options={"socket_connect_timeout": BROKER_WITHIN_S}) as broker:
        broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_WITHIN_S)
        channel: Any = broker.default_channel
        channel.client.ping()


def _listening() -> None:
    if not registry.is_heard():
        raise NotReady("the registry is not heard; each request asks for its region")


def _disk() -> None:
    free = shutil.disk_usage(settings.MEDIA_ROOT).free // 2**20
    if free < LOWEST_MB:
        raise NotReady(f"only {free} MB are free")


PARTS = (
    Part("database", _database, needed=True),
    Part("schema", _schema, needed=True),
    Part("cache", _cache, needed=False),
    Part("broker", _broker, needed=False),
    Part("listening", _listening, needed=False),
    Part("disk", _disk, needed=False),
)


@dataclass(frozen=True)
class Readiness:
    """`ready`, `degraded` (serves, somebody should look) or `not ready`; and what each part says."""

    state: str
    parts: dict[str, str]

    @property
    def serves(self) -> bool:
        return self.state != "not ready"


def readiness() -> Readiness:
    """Each part is asked now. A part that stands on one that is away is not asked."""
    told: dict[str, str] = {}
    missing: list[Part] = []
    for part in PARTS:
        if told.get("database", "ok") != "ok" and part.name in ("schema", "listening"):
            told[part.name] = "not asked"
            continue
        try:
            part.check()
            told[part.name] = "ok"
        except NotReady as failure:
            told[part.name] = str(failure)
        except Exception as failure:
            # Its text may name addresses and logins.
            told[part.name] = type(failure).__name__
        if told[part.name] != "ok":
            missing.append(part)
    state = "not ready" if any(part.needed for part in missing) else "degraded" if missing else "ready"
    return Readiness(state, told)
