"""Waiting for what the registry has told."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

from tenants.listening import registry
from tests.world import admin


def until(come: Callable[[], object], within: float = 10.0) -> float:
    """Seconds until it has come true."""
    began = time.monotonic()
    while not come():
        assert time.monotonic() < began + within, "it never came"
        time.sleep(0.005)
    return time.monotonic() - began


def change(statement: str) -> None:
    """Somebody else's process changes the registry, past the ORM."""
    with admin() as cursor:
        cursor.execute(statement)


def settle() -> None:
    """Everything that was told until now has been heard."""
    until(registry.is_heard)
    told: set[str] = set()
    last = uuid.uuid4().hex
    registry.subscribe(told.update)
    try:
        change(f"SELECT pg_notify('warsa_registry', '{last}')")
        until(lambda: last in told)
    finally:
        registry._subscribers.remove(told.update)
