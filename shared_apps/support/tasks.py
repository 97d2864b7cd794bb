from __future__ import annotations

from shared_apps.support.services import expire_due
from tenants.tasks import platform_task


@platform_task()
def expire_support() -> None:
    """Beat: what is over is closed."""
    expire_due()
