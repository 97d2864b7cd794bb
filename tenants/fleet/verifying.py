"""Every open region's schema is what its release says, or the difference is on record."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import DatabaseError

from tenants.context import as_owner, on_platform
from tenants.fleet import selectors
from tenants.fleet.crew import Piece, Tally, Work, work_through
from tenants.fleet.life import STOPPED_BY_PERSON, Pulse, begin_run, end_run, stop_is_asked
from tenants.fleet.locks import Lock, alone
from tenants.fleet.models import Drift, FleetRun, FleetTask
from tenants.fleet.planning import plan_for_open_regions
from tenants.fleet.progress import Progress
from tenants.kernel import clock
from tenants.models import Region, SchemaRelease
from tenants.schemas.fingerprint import Fingerprint, differences, fingerprint

# More lines than a person reads; their number is kept whole.
LINES_KEPT = 100


@dataclass(frozen=True)
class Verified:
    """How the comparison went: regions that are as they should be, and regions that differ or could not be compared."""

    run: FleetRun
    same: int
    different: int


def verify_fleet(progress: Progress, *, hands: int, seconds: float | None = None) -> Verified | None:
    """Every READY region is compared with the release of its version; differences are in `Drift`, gone ones are removed.

    Goes on with a comparison that was cut off. With `seconds` it ends after that time, and None says that regions are left.
    Called on the platform, outside a transaction. Raises:  FleetBusy.
    """
    with alone(Lock.VERIFY):
        run = FleetRun.objects.filter(kind=FleetRun.Kind.VERIFY, ended_at=None).order_by("pk").first()
        if run is None:
            run = plan_for_open_regions(FleetRun.Kind.VERIFY)
        begin_run(run)
        pieces = selectors.pending_pieces(run)
        progress.say(f"Run {run.pk}: comparing {len(pieces):,} regions with their releases.")
        progress.begin("Comparison")
        pulse, until = Pulse(run), None if seconds is None else time.monotonic() + seconds

        def tick(tally: Tally) -> bool:
            pulse.beat()
            progress.show(tally)
            return until is None or time.monotonic() < until

        if pieces:
            progress.show(work_through(pieces, hands=hands, make_hand=_Comparer(run).open, tick=tick), last=True)
        left = FleetTask.objects.filter(run=run, state=FleetTask.State.PENDING).exists()
        if left and not stop_is_asked(run):
            return None
        end_run(run, *((FleetRun.State.STOPPED, STOPPED_BY_PERSON) if left else ()))
        run.refresh_from_db()
        sums = selectors.run_with_sums(run).whole
        return Verified(run, sums.done, sums.failed)


class _Comparer:
    """Keeps the fingerprints of releases for all hands of a run."""

    def __init__(self, run: FleetRun) -> None:
        self.run = run
        self.releases: dict[str, Fingerprint | None] = {}

    @contextmanager
    def open(self) -> Iterator[Work]:
        yield self.compare

    def compare(self, piece: Piece) -> bool:
        # The version of now, for a migration may have come between planning and comparing.
        with on_platform():
            version = Region.objects.values_list("schema_version", flat=True).get(pk=piece.region)
        began = time.monotonic()
        found = self._differences(piece.schema, version)
        with on_platform():
            if found:
                Drift.objects.update_or_create(
                    region_id=piece.region,
                    defaults={
                        "version": version,
                        "differences": [line[:500] for line in found[:LINES_KEPT]],
                        "number": len(found),
                        "run": self.run,
                    },
                )
            else:
                Drift.objects.filter(region_id=piece.region).delete()
            FleetTask.objects.filter(pk=piece.task).update(
                state=FleetTask.State.FAILED if found else FleetTask.State.DONE,
                attempts=1,
                error=found[0][:500] if found else "",
                seconds=time.monotonic() - began,
                ended_at=clock.now(),
            )
        return not found

    def _differences(self, schema: str, version: str) -> list[str]:
        expected = self._release(version)
        if expected is None:
            return [f"release: - version {version or '(none)'} was never captured, so nothing can be compared with it"]
        try:
            with as_owner():
                return differences(expected, fingerprint(schema))
        except DatabaseError as failure:
            return [f"schema: - cannot be read: {' '.join(str(failure).split())}"]

    def _release(self, version: str) -> Fingerprint | None:
        if version not in self.releases:
            with on_platform():
                release = SchemaRelease.objects.filter(version=version).first()
            self.releases[version] = release.fingerprint if release else None
        return self.releases[version]
