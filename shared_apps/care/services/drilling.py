"""Each night a few regions are restored for a trial, one at a time, and what that proved is on record."""

from __future__ import annotations

import logging
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.care.errors import NothingToDrill, NotToBeStopped
from shared_apps.care.locks import DRILLING, held_night
from shared_apps.care.models import DrillNight, RestoreProof
from shared_apps.operations.noting import note_restore_proof
from tenants.audit.services import record
from tenants.backup.drilling import Drill, drill
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.locks import alone
from tenants.models import Region, RegionStatus

log = logging.getLogger(__name__)

STATE = RestoreProof.State
MOST_ATTEMPTS = 3
# An operator's own order proves as many at once.
MOST_ORDERED = 20


def plan_night(day: date) -> DrillNight | None:
    """The night's regions are drawn by lot. None if the night was planned before, or nothing is open.

    Writes:  the night and a waiting proof for each region.
    """
    if DrillNight.objects.filter(day=day).exists():
        return None
    try:
        return _plan(settings.DRILL_REGIONS, by="system:drill", day=day)
    except NothingToDrill:
        return None


def order_drill(*, by: str, regions: list[Region] | None = None) -> DrillNight:
    """An operator has regions proven now: these, or some drawn by lot.

    Raises:  NothingToDrill.
    """
    from shared_apps.care.tasks import go_on_drilling

    with transaction.atomic():
        night = _plan(settings.DRILL_REGIONS, by=by, regions=regions)
        record("drill.ordered", by=by, target=f"drill:{night.pk}", details={"regions": night.proofs.count()})
        go_on_drilling.on_commit()
    return night


def _plan(many: int, *, by: str, day: date | None = None, regions: list[Region] | None = None) -> DrillNight:
    open_ones = Region.objects.filter(status=RegionStatus.READY).exclude(schema_version="")
    chosen = list(open_ones.order_by("?")[:many]) if regions is None else regions[:MOST_ORDERED]
    if not chosen:
        raise NothingToDrill(_("No region is open that could be restored for a trial."))
    with transaction.atomic():
        night: DrillNight = DrillNight.objects.create(day=day, by=by)
        RestoreProof.objects.bulk_create([RestoreProof(night=night, region=region) for region in chosen])
    return night


def drill_next() -> bool | None:
    """The next region that waits is proven. True when more wait, False when none does, None while another process drills.

    On the platform, not inside a transaction. What a killed process was at is begun anew, three times at most.
    """
    with alone(DRILLING) as mine:
        if not mine:
            return None
        proof = _take()
        if proof is not None:
            _prove(proof)
        _end_nights()
        return RestoreProof.objects.filter(state__in=[STATE.WAITING, STATE.RUNNING]).exists()


def _take() -> RestoreProof | None:
    """Nobody else drills, so what is under way belongs to a dead process."""
    while True:
        waiting = RestoreProof.objects.filter(state__in=[STATE.WAITING, STATE.RUNNING]).select_related(
            "region", "night"
        )
        proof = waiting.order_by("pk").first()
        if proof is None:
            return None
        if proof.night.stop_asked_by or proof.region.status != RegionStatus.READY:
            _end(proof, state=STATE.SKIPPED)
        elif proof.attempts >= MOST_ATTEMPTS:
            _end(proof, state=STATE.FAILED, differences=["the drill was cut off three times"])
        else:
            proof.state, proof.attempts, proof.begun_at = STATE.RUNNING, proof.attempts + 1, clock.now()
            proof.save(update_fields=["state", "attempts", "begun_at"])
            return proof


def _prove(proof: RestoreProof) -> None:
    try:
        found = drill(proof.region)
    except Exception as failure:
        log.exception("the drill of %s failed", proof.region.schema_name)
        # The database tells values of rows in its words; the log, which is scrubbed, has them.
        found = Drill(differences=[type(failure).__name__])
    with on_platform():
        _end(
            proof,
            state=STATE.FAILED if found.differences else STATE.PASSED,
            archive_made_at=found.archive_made_at,
            seconds=found.seconds,
            tables=found.tables,
            rows=found.rows,
            files=found.files,
            totals=found.totals,
            differences=found.differences,
        )


def _end(proof: RestoreProof, *, state: str, **values: object) -> None:
    now = clock.now()
    with transaction.atomic():
        RestoreProof.objects.filter(pk=proof.pk).update(state=state, ended_at=now, **values)
        if state in (STATE.PASSED, STATE.FAILED):
            note_restore_proof(region=proof.region, at=now, passed=state == STATE.PASSED)


def _end_nights() -> None:
    busy = RestoreProof.objects.filter(state__in=[STATE.WAITING, STATE.RUNNING]).values("night")
    DrillNight.objects.filter(ended_at=None).exclude(pk__in=busy).update(ended_at=clock.now())


def stop_night(*, night: DrillNight, by: str) -> None:
    """The region in hand is finished, the others of the night are left out.

    Raises:  NotToBeStopped when it has ended.
    """
    from shared_apps.care.tasks import go_on_drilling

    with transaction.atomic():
        night = held_night(night)
        if night.ended_at is not None:
            raise NotToBeStopped(_("This job has ended already."))
        night.stop_asked_by = night.stop_asked_by or by
        night.save(update_fields=["stop_asked_by"])
        record("drill.stopped", by=by, target=f"drill:{night.pk}")
        go_on_drilling.on_commit()


def retry_proof(*, proof: RestoreProof, by: str) -> DrillNight:
    """A region whose proof failed is proven once more, in a night of its own."""
    return order_drill(by=by, regions=[proof.region])
