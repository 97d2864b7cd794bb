from __future__ import annotations

from shared_apps.canary.services.running import run_canary
from tenants.tasks import platform_task


@platform_task()
def run_every_quarter() -> None:
    """Beat: the trade is tried once, where a canary is set."""
    run_canary()


@platform_task()
def run_now(by: str) -> None:
    """An operator ordered it."""
    run_canary(by=by)
