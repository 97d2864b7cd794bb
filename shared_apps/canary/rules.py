"""The canary's rules. None of them tells anything while no canary is set."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from shared_apps.canary.models import CanaryRun
from shared_apps.canary.selectors import newest_ended
from tenants.alerting import MINUTES, Reading, Severity, alert_rule, if_more, since


@alert_rule(
    "canary_failed",
    label=_("The canary's trade failed"),
    advice=_("The page of the canary says in which step. Citizens of other regions are likely to meet the same."),
    unit=_("runs in a row"),
    severity=Severity.CRITICAL,
)
def canary_failed(most: int) -> Iterable[Reading]:
    newest = newest_ended()
    if newest is None or newest.state != CanaryRun.State.FAILED:
        return []
    rows = CanaryRun.objects.filter(slug=newest.slug)
    passed = rows.filter(state=CanaryRun.State.PASSED).order_by("-pk").values_list("pk", flat=True).first()
    count = rows.filter(state=CanaryRun.State.FAILED, pk__gt=passed or 0).count()
    return [Reading(newest.region_id, count)] if count > most else []


# Half an hour, and it must have lasted a quarter more: so setting a canary is no alert before its first run is due.
@alert_rule(
    "canary_missing",
    label=_("No run of the canary has ended lately"),
    advice=_("Look at beat and at the workers: what they do for the regions has likely stopped as well."),
    unit=_("minutes"),
    severity=Severity.CRITICAL,
    threshold=30,
    lasting=timedelta(minutes=16),
)
def canary_missing(most: int) -> Iterable[Reading]:
    if not settings.CANARY_REGION:
        return []
    newest = newest_ended()
    if newest is None or newest.ended_at is None:
        return [Reading(None, most + 1)]
    return if_more(since(newest.ended_at, MINUTES), most)
