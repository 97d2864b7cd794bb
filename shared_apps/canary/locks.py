"""The number of the work that one process does at a time (`tenants.locks.alone`)."""

from __future__ import annotations

# "WY"
RUNNING = 0x57_59_01
