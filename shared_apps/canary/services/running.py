"""A run of the canary: step after step in its region, each timed, and written down on the platform."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.canary.errors import CanaryBusy, WrongEffect
from shared_apps.canary.locks import RUNNING
from shared_apps.canary.models import CanaryRun
from shared_apps.canary.trading import TradeStep, steps
from tenants.audit.services import record
from tenants.context import in_region
from tenants.hosts import region_called
from tenants.kernel import clock
from tenants.locks import alone
from tenants.models import Region, RegionStatus

log = logging.getLogger(__name__)

STATE = CanaryRun.State
BY = "system:canary"
# Rows older than this go.
KEPT = timedelta(days=90)
# Between two runs at least, whoever orders them: so a day holds so many at most.
PAUSE = timedelta(minutes=1)


def run_canary(*, by: str = BY) -> CanaryRun | None:
    """The trade is tried once, in the region that is set. None where none is set, another process runs it, or it ran just now.

    On the platform, not inside a transaction. It raises nothing for a trade that failed: the row says so.
    Writes:  the run; what a killed worker left ends as failed; runs older than KEPT go; in the region what the steps write.
    """
    slug = settings.CANARY_REGION
    with alone(RUNNING) as mine:
        if not mine:
            return None
        _end_cut_off()
        CanaryRun.objects.filter(started_at__lt=clock.now() - KEPT).delete()
        if not slug or _ran_just_now():
            return None
        run = CanaryRun.objects.create(slug=slug, region=region_called(slug), by=by)
        _trade(run)
    return run


def order_run(*, by: str) -> None:
    """An operator has it tried now; a worker does it.

    Raises:  CanaryBusy where none is set, one is under way, or one began within the last minute.
    Writes:  an audit row.
    """
    from shared_apps.canary.tasks import run_now

    if not settings.CANARY_REGION:
        raise CanaryBusy(_("No canary is set."))
    if _ran_just_now():
        raise CanaryBusy(_("A run began just now. Wait a minute."))
    with transaction.atomic():
        region = region_called(settings.CANARY_REGION)
        run_now.on_commit(by, expires=300)
        record(
            "canary.ordered", by=by, target=f"region:{region.public_id}" if region else "",
            region=region.public_id if region else None, details={"slug": settings.CANARY_REGION},
        )  # fmt: skip


def _ran_just_now() -> bool:
    return CanaryRun.objects.filter(started_at__gt=clock.now() - PAUSE).exists()


def _end_cut_off() -> None:
    """Nobody else runs it, so what is under way belongs to a dead process."""
    for run in CanaryRun.objects.filter(state=STATE.RUNNING):
        names = [one.name for one in steps()]
        at = names[len(run.steps)] if len(run.steps) < len(names) else ""
        _fail(run, at, "CutOff")


def _trade(run: CanaryRun) -> None:
    region, every = run.region, steps()
    if region is None:
        _fail(run, "", "NoRegion")
        return
    if hindrance := _hindrance(region, every):
        _fail(run, "", hindrance)
        return
    for step in every:
        began = time.perf_counter()
        error = _tried(run, region, step)
        ms = round((time.perf_counter() - began) * 1_000)
        run.ms += ms
        if error:
            _fail(run, step.name, error)
            return
        run.steps.append({"name": step.name, "ms": ms})
        # Told step by step, so that it is known where a killed worker stopped.
        run.save(update_fields=["steps", "ms"])
    run.state, run.ended_at = STATE.PASSED, clock.now()
    run.save(update_fields=["state", "ended_at"])


def _hindrance(region: Region, every: list[TradeStep]) -> str:
    """Why nothing can be tried there now; empty when it can."""
    if region.status != RegionStatus.READY:
        return "NotReady"
    if region.read_only_because:
        return "ReadOnly"
    return "" if every else "NoSteps"


def _tried(run: CanaryRun, region: Region, step: TradeStep) -> str:
    """What was wrong; empty when it is done. Whatever an app raises is a finding here, and no error of this task."""
    try:
        with in_region(region):
            step.act(run.key)
    except WrongEffect as wrong:
        log.warning("canary: step %s: %s", step.name, wrong)
        return f"WrongEffect: {wrong}"[:200]
    except Exception as broken:
        log.exception("canary: step %s failed", step.name)
        return type(broken).__name__[:200]
    return ""


def _fail(run: CanaryRun, step: str, error: str) -> None:
    run.state, run.ended_at, run.failed_step, run.error = STATE.FAILED, clock.now(), step, error
    run.save(update_fields=["state", "ended_at", "failed_step", "error", "ms"])
