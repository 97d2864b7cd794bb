"""The probe's rules. A leak is told for a day after it was last seen."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from shared_apps.leak_probe.models import ProbeFinding, ProbeRun
from tenants.alerting import MINUTES, Reading, Severity, alert_rule, if_more, since
from tenants.kernel import clock

KIND = ProbeFinding.Kind


@alert_rule(
    "leak_found",
    label=_("The region's answers show another region's token"),
    advice=_(
        "See on the probe's page where it stands and whose it is, and suspend both regions unless somebody wrote it there by hand."
    ),
    unit=_("times"),
    severity=Severity.CRITICAL,
)
def leak_found(most: int) -> Iterable[Reading]:
    day = clock.now() - timedelta(days=1)
    rows = ProbeFinding.objects.filter(kind=KIND.LEAK, last_at__gt=day)
    return _by_region(rows.values_list("asked_id").annotate(number=Sum("count")).order_by(), most)


@alert_rule(
    "probe_blind",
    label=_("The leak probe cannot see the region"),
    advice=_(
        "Open the region's pages: it does not answer, or its database or cache does not. Leaks would not be seen there."
    ),
    unit=_("times"),
    lasting=timedelta(minutes=5),
)
def probe_blind(most: int) -> Iterable[Reading]:
    hour = clock.now() - timedelta(hours=1)
    rows = ProbeFinding.objects.exclude(kind=KIND.LEAK).filter(last_at__gt=hour, well_at=None)
    return _by_region(rows.values_list("asked_id").annotate(number=Sum("count")).order_by(), most)


# Two minutes more, so that setting the address is no alert before the first run is due.
@alert_rule(
    "probe_missing",
    label=_("No run of the leak probe has ended lately"),
    advice=_("Look at beat and at the workers."),
    unit=_("minutes"),
    threshold=10,
    lasting=timedelta(minutes=2),
)
def probe_missing(most: int) -> Iterable[Reading]:
    if not settings.PROBE_URL:
        return []
    ended = ProbeRun.objects.filter(state=ProbeRun.State.ENDED).order_by("-pk").values_list("ended_at", flat=True)
    newest = ended.first()
    if newest is None:
        return [Reading(None, most + 1)]
    return if_more(since(newest, MINUTES), most)


def _by_region(rows: Iterable[tuple[int, int]], most: int) -> list[Reading]:
    return [Reading(region, number) for region, number in rows if number > most]
