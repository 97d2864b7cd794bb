"""Runs of the canary that is set now, and how long they take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.db.models import QuerySet

from shared_apps.canary.models import CanaryRun
from tenants.kernel import clock

DAYS = 30


def runs() -> QuerySet[CanaryRun]:
    """Of the region that is set, the newest first; none where none is set."""
    return CanaryRun.objects.filter(slug=settings.CANARY_REGION).exclude(slug="").order_by("-pk")


def newest_ended() -> CanaryRun | None:
    """The newest run that passed or failed."""
    return runs().exclude(state=CanaryRun.State.RUNNING).first()


@dataclass(frozen=True)
class Lately:
    """Of the last 24 hours. `p95`: of 100 runs that passed, 95 took no longer; in milliseconds, None without any."""

    passed: int
    failed: int
    p95: int | None


def lately() -> Lately:
    rows = runs().filter(started_at__gt=clock.now() - timedelta(days=1))
    took = list(rows.filter(state=CanaryRun.State.PASSED).values_list("ms", flat=True))
    return Lately(len(took), rows.filter(state=CanaryRun.State.FAILED).count(), percentile(took, 95))


@dataclass(frozen=True)
class Course:
    """Each of the last days with the p95 of its runs, in milliseconds; None for a day on which none passed."""

    days: list[date]
    p95: list[int | None]


def course() -> Course:
    today = clock.today()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    took: dict[date, list[int]] = defaultdict(list)
    rows = runs().filter(state=CanaryRun.State.PASSED, started_at__gt=clock.now() - timedelta(days=DAYS))
    for day, ms in rows.values_list("started_at__date", "ms"):
        took[day].append(ms)
    return Course(days, [percentile(took[day], 95) for day in days])


def percentile(values: Sequence[int], percent: int) -> int | None:
    """The smallest of the values that so many percent of them do not exceed; None of nothing."""
    if not values:
        return None
    return sorted(values)[-(-len(values) * percent // 100) - 1]
