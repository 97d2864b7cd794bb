"""The whole fleet comes to the version of this code: wave after wave, until all are there or too many fail."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction

from tenants.fleet import selectors
from tenants.fleet.applying import Bench, Patience
from tenants.fleet.crew import Tally, work_through
from tenants.fleet.life import STOPPED_BY_PERSON, Pulse, begin_run, end_run, stop_is_asked
from tenants.fleet.locks import Lock, alone
from tenants.fleet.models import FleetRun, FleetTask, ParkedRegion
from tenants.fleet.planning import LAST_WAVE, add_newcomers, plan_migration
from tenants.fleet.progress import Progress
from tenants.kernel import clock
from tenants.models import Region
from tenants.schemas.release import current_version
from tenants.schemas.upgrade import Upgrade, plan_upgrade

HANDS = 4
STOP_SHARE = 0.05
_WAVE_NAMES = {1: "Canary", 2: "Wave of 10", 3: "Wave of 100", LAST_WAVE: "All others"}


@dataclass(frozen=True)
class Wanted:
    """How a migration of the fleet is to go."""

    hands: int = HANDS
    # A wave with a larger share of failures stops the run. One failure in a wave never does, except in the canary.
    stop_share: float = STOP_SHARE
    canary: Region | None = None
    only: list[Region] | None = None
    retry_parked: bool = False
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True)
class Outcome:
    """How it went. `run` is None when nothing was behind."""

    target: str
    run: FleetRun | None = None
    done: int = 0
    failed: int = 0
    parked: int = 0

    @property
    def stopped(self) -> bool:
        return self.run is not None and self.run.state == FleetRun.State.STOPPED


def migrate_fleet(wanted: Wanted, progress: Progress) -> Outcome:
    """Every region that is open, suspended or being built has the schema of this code, but for those that fail and are parked.

    Called on the platform, outside a transaction. With nothing to do it costs one query and no plan. An unfinished run for
    the same version is gone on with. Raises:  FleetBusy while another process migrates.
    """
    target = current_version()
    if wanted.retry_parked:
        unpark(wanted.only)
    now = selectors.standing(target)
    if not now.number and now.open_run is None:
        return Outcome(target, parked=now.parked)
    with alone(Lock.MIGRATE):
        # Whoever was inside before us may have done it all.
        now = selectors.standing(target)
        if not now.number and now.open_run is None:
            return Outcome(target, parked=now.parked)
        run = _run_for(target, now, wanted, progress)
        if run is None:
            return Outcome(target, parked=now.parked)
        _work(run, wanted, progress)
        run.refresh_from_db()
        sums = selectors.run_with_sums(run).whole
        return Outcome(target, run, sums.done + sums.skipped, sums.failed, selectors.standing(target).parked)


def unpark(regions: list[Region] | None = None) -> int:
    """The next run takes these regions again; all parked ones without `regions`. Returns how many."""
    parked = ParkedRegion.objects.all()
    if regions is not None:
        parked = parked.filter(region__in=regions)
    with transaction.atomic():
        # In a run that is still open they wait again, or it would end without them.
        FleetTask.objects.filter(
            run__ended_at=None,
            run__kind=FleetRun.Kind.MIGRATE,
            region__in=parked.values("region"),
            state=FleetTask.State.FAILED,
        ).update(state=FleetTask.State.PENDING, error="")
        return parked.delete()[0]


def _run_for(target: str, now: selectors.Standing, wanted: Wanted, progress: Progress) -> FleetRun | None:
    if now.open_run is not None and wanted.only is None:
        run = FleetRun.objects.get(pk=now.open_run)
        progress.say(f"Going on with run {run.pk}, which was cut off.")
        add_newcomers(run)
    else:
        planned = plan_migration(target=target, stop_share=wanted.stop_share, canary=wanted.canary, only=wanted.only)
        if planned is None:
            return None
        run = planned
        progress.say(f"Run {run.pk}: {run.tasks.count():,} regions to version {target}.")
    begin_run(run)
    return run


def _work(run: FleetRun, wanted: Wanted, progress: Progress) -> None:
    plans: dict[str, Upgrade] = {}
    for wave in range(1, LAST_WAVE + 1):
        reason = _wave(run, wave, wanted, plans, progress)
        while wave == LAST_WAVE and not reason and wanted.only is None and add_newcomers(run):
            reason = _wave(run, wave, wanted, plans, progress)
        if reason:
            end_run(run, FleetRun.State.STOPPED, reason)
            progress.say(f"Stopped: {reason}.")
            return
    end_run(run)


def _wave(run: FleetRun, wave: int, wanted: Wanted, plans: dict[str, Upgrade], progress: Progress) -> str:
    """One wave to its end. Returns why the run must stop, or nothing."""
    pieces = selectors.pending_pieces(run, wave)
    before = next((found for found in selectors.waves_of(run) if found.number == wave), None)
    if not pieces or before is None:
        return ""
    if stop_is_asked(run):
        return STOPPED_BY_PERSON
    FleetRun.objects.filter(pk=run.pk).update(wave=wave, seen_at=clock.now())
    _plan(run, {piece.from_version for piece in pieces} - plans.keys(), plans)
    allowed = allowed_failures(wave, before.total, wanted.stop_share)
    progress.begin(_WAVE_NAMES[wave])
    seen = Pulse(run)

    def tick(tally: Tally) -> bool:
        goes_on = seen.beat()
        progress.show(tally)
        return goes_on

    tally = work_through(
        pieces,
        hands=wanted.hands,
        make_hand=lambda: Bench(run.pk, plans, wanted.patience).open(),
        tick=tick,
        may_fail=allowed - before.failed,
    )
    progress.show(tally, last=True)
    failed = before.failed + tally.failed
    if failed <= allowed:
        return STOPPED_BY_PERSON if tally.done + tally.failed < tally.total else ""
    if wave == 1:
        return "the canary failed"
    return f"{failed} of {before.total} regions of wave {wave} failed, and {allowed} may"


def allowed_failures(wave: int, size: int, share: float) -> int:
    """How many regions of a wave may fail before the run stops. One poisoned region is no pattern, save in the canary."""
    if wave == 1 or share <= 0:
        return 0
    return max(1, int(size * share))


def _plan(run: FleetRun, versions: set[str], plans: dict[str, Upgrade]) -> None:
    for version in sorted(versions):
        plans[version] = plan_upgrade(version)
        upgrade = plans[version]
        run.plans[version] = None if upgrade.whole else [f"{step['app']}.{step['name']}" for step in upgrade.steps]
    if versions:
        FleetRun.objects.filter(pk=run.pk).update(plans=run.plans)
