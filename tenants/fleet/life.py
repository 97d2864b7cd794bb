"""The life of a run: begun, alive, ended."""

from __future__ import annotations

import time

from tenants.fleet.models import FleetRun
from tenants.kernel import clock

_SEEN_SECONDS = 2.0


def begin_run(run: FleetRun) -> None:
    """Somebody works on the run now."""
    FleetRun.objects.filter(pk=run.pk).update(
        state=FleetRun.State.RUNNING, started_at=run.started_at or clock.now(), seen_at=clock.now()
    )


class Pulse:
    """Writes now and then that somebody works on the run."""

    def __init__(self, run: FleetRun) -> None:
        self.run, self.last = run, time.monotonic()

    def beat(self) -> None:
        if time.monotonic() - self.last >= _SEEN_SECONDS:
            self.last = time.monotonic()
            FleetRun.objects.filter(pk=self.run.pk).update(seen_at=clock.now())


def end_run(run: FleetRun, state: FleetRun.State = FleetRun.State.FINISHED, reason: str = "") -> None:
    """The run is over. This commit waits for the disk, and with it every commit before it."""
    now = clock.now()
    FleetRun.objects.filter(pk=run.pk).update(state=state, stop_reason=reason, ended_at=now, seen_at=now)
