from __future__ import annotations

from shared_apps.leak_probe.services.probing import probe
from tenants.tasks import platform_task


@platform_task()
def probe_for_leaks() -> None:
    """Beat: the next regions are asked, where an address to ask is set."""
    probe()
