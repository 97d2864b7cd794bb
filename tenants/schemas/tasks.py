from __future__ import annotations

from tenants.schemas import pool
from tenants.tasks import platform_task


@platform_task()
def keep_pool() -> None:
    """Beat: what nobody will use is dropped, and the pool is full again."""
    pool.sweep()
    pool.replenish()
