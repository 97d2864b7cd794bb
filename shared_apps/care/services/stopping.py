"""Jobs over the fleet stop after the region in hand, where that leaves nothing half done."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.care.errors import NotToBeStopped
from tenants.audit.services import record
from tenants.fleet.life import ask_to_stop
from tenants.fleet.models import FleetRun


def stop_run(*, run: FleetRun, by: str) -> None:
    """A migration, comparison or command stops after the regions in hand; the others stay as they are.

    Raises:  NotToBeStopped when it has ended.
    """
    with transaction.atomic():
        if run.ended_at is not None:
            raise NotToBeStopped(_("This job has ended already."))
        if ask_to_stop(run, by=by):
            record("fleet.stopped", by=by, target=f"fleet:{run.pk}", details={"kind": run.kind})
