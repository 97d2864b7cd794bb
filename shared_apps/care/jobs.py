"""All work over regions in one list: runs of the fleet, regions being built, archives being made, drills, warungs that move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from shared_apps.archives.models import KeptArchive
from shared_apps.care.models import DrillNight, RestoreProof
from shared_apps.onboarding.models import BuildStep, Registration
from shared_apps.onboarding.models import State as RegistrationState
from tenants.fleet import selectors as fleet
from tenants.fleet.models import FleetRun
from tenants.lifecycle.models import HandedArchive

# Of each kind the newest; all have pages of their own with the rest.
EACH = 15
KINDS: dict[str, str | Promise] = {
    "fleet": gettext_lazy("Runs over the fleet"),
    "building": gettext_lazy("Regions being built"),
    "backup": gettext_lazy("Archives"),
    "drill": gettext_lazy("Restore drills"),
}
WORKING = [RegistrationState.APPROVED, RegistrationState.PROVISIONING, RegistrationState.FAILED]


@dataclass(frozen=True)
class Job:
    """One piece of work. `tone` is the pill's kind; an empty address is a button that is not there."""

    kind: str
    title: str
    state: str
    tone: str
    done: int
    total: int
    begun_at: datetime | None
    ended_at: datetime | None
    url: str = ""
    retry_at: str = ""
    stop_at: str = ""
    error: str = ""

    @property
    def running(self) -> bool:
        return self.ended_at is None


def listed(kind: str = "") -> list[Job]:
    """Those of a kind, or of all: what is under way first, then the newest. A constant number of queries."""
    makers = {"fleet": _runs, "building": _buildings, "backup": _all_archives, "drill": _nights}
    found = [job for name, make in makers.items() if kind in ("", name) for job in make()]
    return sorted(found, key=lambda job: (not job.running, -(job.begun_at.timestamp() if job.begun_at else 0)))


def _runs() -> list[Job]:
    titles = {
        FleetRun.Kind.MIGRATE: _("Migration %(number)s"),
        FleetRun.Kind.VERIFY: _("Comparison %(number)s"),
        FleetRun.Kind.COMMAND: _("Command %(number)s"),
    }
    jobs = []
    for row in fleet.rows_of_runs(fleet.runs()[:EACH]):
        run, over = row.run, row.run.ended_at is not None
        stopping = not over and bool(run.stop_asked_by)
        failed = run.state == FleetRun.State.STOPPED or row.cut_off
        words = _("cut off") if row.cut_off else _("is stopping") if stopping else str(run.get_state_display())
        jobs.append(
            Job(
                "fleet",
                titles[FleetRun.Kind(run.kind)] % {"number": run.pk},
                words,
                "bad" if failed else "warn" if row.whole.failed or stopping else "" if over else "info",
                row.whole.moved,
                row.whole.total,
                run.started_at or run.created_at,
                run.ended_at,
                url=reverse("operations:fleet_run", args=[run.pk]),
                stop_at="" if over or stopping else reverse("care:stop_run", args=[run.pk]),
                error=run.stop_reason,
            )
        )
    return jobs


def _buildings() -> list[Job]:
    done = Count("build_steps", filter=Q(build_steps__state=BuildStep.State.DONE))
    counted = Registration.objects.annotate(done=done, total=Count("build_steps"))
    newest: QuerySet[Any] = counted.order_by("-updated_at")
    working = list(newest.filter(state__in=WORKING)[:EACH])
    built = list(newest.filter(state=RegistrationState.LIVE)[: EACH - len(working)])
    jobs = []
    for one in [*working, *built]:
        failed, live = one.state == RegistrationState.FAILED, one.state == RegistrationState.LIVE
        page = reverse("onboarding:registration", args=[one.public_id])
        jobs.append(
            Job(
                "building",
                one.name,
                str(one.get_state_display()),
                "bad" if failed else "" if live else "info",
                one.done,
                one.total,
                one.created_at,
                one.updated_at if live or failed else None,
                url=page,
                retry_at=reverse("onboarding:retry", args=[one.public_id]) if failed else "",
                error=one.reason if failed else "",
            )
        )
    return jobs


def _all_archives() -> list[Job]:
    return [*_archive_nights(), *_archives()]


def _archives() -> list[Job]:
    jobs = []
    for one in HandedArchive.objects.select_related("region").order_by("-pk")[:EACH]:
        page = reverse("operations:region", args=[one.region.public_id])
        made = one.made_at is not None
        words, tone = (_("done"), "") if made else (_("under way"), "info")
        jobs.append(Job("backup", one.region.name, words, tone, int(made), 1, one.asked_at, one.made_at, url=page))
    return jobs


def _archive_nights() -> list[Job]:
    """The archives of all regions, a night a line."""
    states = KeptArchive.State
    over = ~Q(state__in=KeptArchive.UNDER_WAY)
    rows = KeptArchive.objects.exclude(day=None).order_by("-day").values("day")
    rows = rows.annotate(
        total=Count("pk"),
        done=Count("pk", filter=over),
        failed=Count("pk", filter=Q(state=states.FAILED)),
        began=Min("asked_at"),
        ended=Max("ended_at"),
    )
    jobs = []
    for one in rows[:EACH]:
        ended = one["ended"] if one["done"] == one["total"] else None
        words = (
            ngettext("%(number)s failed", "%(number)s failed", one["failed"]) % {"number": one["failed"]}
            if one["failed"]
            else _("done")
            if ended
            else _("under way")
        )
        tone = "bad" if one["failed"] else "" if ended else "info"
        title = _("Archives of the night of %(day)s") % {"day": date_format(one["day"], "j M Y")}  # type: ignore[arg-type]
        jobs.append(Job("backup", title, words, tone, one["done"], one["total"], one["began"], ended))
    return jobs


def _nights() -> list[Job]:
    states = RestoreProof.State
    done = Count("proofs", filter=~Q(proofs__state__in=[states.WAITING, states.RUNNING]))
    failed = Count("proofs", filter=Q(proofs__state=states.FAILED))
    jobs = []
    for one in DrillNight.objects.annotate(done=done, total=Count("proofs"), failed=failed).order_by("-pk")[:EACH]:
        over, stopping = one.ended_at is not None, bool(one.stop_asked_by)
        words = _("done") if over else _("is stopping") if stopping else _("under way")
        jobs.append(
            Job(
                "drill",
                _("Restore drill %(number)s") % {"number": one.pk},
                words,
                "bad" if one.failed else "" if over else "info",
                one.done,
                one.total,
                one.begun_at,
                one.ended_at,
                url=reverse("care:drills"),
                stop_at="" if over or stopping else reverse("care:stop_night", args=[one.pk]),
            )
        )
    return jobs
