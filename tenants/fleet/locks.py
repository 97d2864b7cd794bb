"""Only one process moves the fleet at a time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

from tenants.fleet.applying import own_connection
from tenants.fleet.errors import FleetBusy

_SPACE = 0x57_46  # "WF": the first of the two numbers that name our advisory locks
# What a killed process holds is free once the server has noticed: a moment, or the end of its last statement.
PATIENCE_SECONDS = 5.0


class Lock(IntEnum):
    MIGRATE = 1
    VERIFY = 2


@contextmanager
def alone(lock: Lock) -> Iterator[None]:
    """Nobody else is inside until the block ends, whatever machine they run on; the server frees it when we die.

    Raises:  FleetBusy when another process stays inside for longer than PATIENCE_SECONDS.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    raw = own_connection()
    try:
        while raw.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SPACE, int(lock)]).fetchone() != (True,):
            if time.monotonic() >= deadline:
                raise FleetBusy(
                    "Another process is at it. Look at `warsa fleet status`, and try again when it has ended."
                )
            time.sleep(0.2)
        yield
    finally:
        raw.close()
