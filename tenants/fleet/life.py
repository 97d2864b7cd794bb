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


STOPPED_BY_PERSON = "stopped by an operator"


class Pulse:
    """Writes now and then that somebody works on the run, and hears whether it should stop."""

    def __init__(self, run: FleetRun) -> None:
        self.run, self.last = run, time.monotonic()
        self.stop = False

    def beat(self) -> bool:
        """Whether the run may go on."""
        if time.monotonic() - self.last >= _SEEN_SECONDS:
            self.last = time.monotonic()
            FleetRun.objects.filter(pk=self.run.pk).update(seen_at=clock.now())
            self.stop = self.stop or stop_is_asked(self.run)
        return not self.stop


def stop_is_asked(run: FleetRun) -> bool:
    return FleetRun.objects.filter(pk=run.pk).exclude(stop_asked_by="").exists()


def ask_to_stop(run: FleetRun, *, by: str) -> bool:
    """The run stops after the regions that are in hand; the others stay as they are. False if it has ended, or was asked to.

    One that nobody works on ends at once: `selectors.SILENT` without a sign of life. Called on the platform.
    """
    from tenants.fleet.selectors import run_with_sums

    asked = FleetRun.objects.filter(pk=run.pk, ended_at=None, stop_asked_by="").update(stop_asked_by=by)
    run.refresh_from_db()
    if run.ended_at is None and (run.state == FleetRun.State.PLANNED or run_with_sums(run).cut_off):
        end_run(run, FleetRun.State.STOPPED, STOPPED_BY_PERSON)
    return bool(asked)


def end_run(run: FleetRun, state: FleetRun.State = FleetRun.State.FINISHED, reason: str = "") -> None:
    """The run is over. This commit waits for the disk, and with it every commit before it."""
    now = clock.now()
    FleetRun.objects.filter(pk=run.pk).update(state=state, stop_reason=reason, ended_at=now, seen_at=now)
