"""Once a minute every rule is asked, and alerts follow: opened, resolved, told to operators."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from shared_apps.care.locks import JUDGING, held_alerts
from shared_apps.care.models import Alert, AlertEvent, Dismissal, HouseCheck
from shared_apps.care.services.telling import tell_opened, tell_unanswered
from tenants.alerting import Reading, Rule, rules
from tenants.audit.selectors import findings, head
from tenants.kernel import clock
from tenants.locks import alone

log = logging.getLogger(__name__)

STATE = Alert.State
BY = "system:alerts"
BATCH = 1_000
KEPT_FOR = timedelta(days=365)


def judge() -> int:
    """Alerts are as the figures are now, and operators are told of new ones. Returns how many were opened.

    On the platform. A second process that judges at the same time does nothing. A rule that breaks is logged and leaves
    its alerts as they were.
    """
    opened: list[int] = []
    with alone(JUDGING) as mine:
        if not mine:
            return 0
        now = clock.now()
        for rule in rules().values():
            try:
                with transaction.atomic():
                    opened += _judge_one(rule, list(rule.judge(rule.threshold)), now)
            except Exception:
                log.exception("the alert rule %s could not be judged", rule.name)
        _resolve_orphans(now)
        tell_opened(opened, now)
        tell_unanswered(now)
    return len(opened)


def _judge_one(rule: Rule, readings: Iterable[Reading], now: datetime) -> list[int]:
    """Returns the alerts that were opened."""
    beyond = {one.region: one for one in readings}
    known = {one.region_id: one for one in Alert.objects.filter(rule=rule.name).exclude(state=STATE.RESOLVED)}
    _resolve([one.pk for region, one in known.items() if region not in beyond], now)
    changed = []
    for region in beyond.keys() & known.keys():
        alert, value = known[region], beyond[region].value
        if alert.value != value:
            alert.value = value
            changed.append(alert)
    Alert.objects.bulk_update(changed, ["value"], batch_size=BATCH)
    due = [one for region, one in known.items() if region in beyond and one.state == STATE.WATCHING]
    due += _begin(rule, [one for region, one in beyond.items() if region not in known], now)
    return _open([one for one in due if one.seen_at <= now - rule.lasting], now)


def _begin(rule: Rule, readings: list[Reading], now: datetime) -> list[Alert]:
    silenced = Alert.objects.filter(rule=rule.name, silenced_until__gt=now).order_by("pk")
    silences = {one.region_id: one.silenced_until for one in silenced}
    rows = [
        Alert(
            rule=rule.name,
            region_id=one.region,
            severity=rule.severity,
            value=one.value,
            threshold=rule.threshold,
            seen_at=now,
            silenced_until=silences.get(one.region),
        )
        for one in readings
    ]
    return Alert.objects.bulk_create(rows, batch_size=BATCH)


def _open(alerts: list[Alert], now: datetime) -> list[int]:
    keys = [one.pk for one in alerts]
    if keys:
        Alert.objects.filter(pk__in=keys, state=STATE.WATCHING).update(state=STATE.OPEN, opened_at=now)
        _note(alerts, "open", STATE.OPEN)
    return keys


def _resolve(keys: list[int], now: datetime) -> None:
    """What is well again: an operator who answers in this very moment waits."""
    if not keys:
        return
    alerts = held_alerts(keys)
    Alert.objects.filter(pk__in=[one.pk for one in alerts if one.state == STATE.WATCHING]).delete()
    told = [one for one in alerts if one.state in (STATE.OPEN, STATE.ACKNOWLEDGED)]
    Alert.objects.filter(pk__in=[one.pk for one in told]).update(state=STATE.RESOLVED, resolved_at=now)
    _note(told, "resolve", STATE.RESOLVED)


def _resolve_orphans(now: datetime) -> None:
    """Alerts of rules that this release no longer has."""
    with transaction.atomic():
        left = Alert.objects.exclude(rule__in=list(rules())).exclude(state=STATE.RESOLVED)
        _resolve(list(left.values_list("pk", flat=True)), now)


def _note(alerts: Iterable[Alert], move: str, after: str) -> None:
    AlertEvent.objects.bulk_create(
        [AlertEvent(alert=one, move=move, before=one.state, after=after, by=BY) for one in alerts], batch_size=BATCH
    )


def check_house() -> None:
    """What is too dear for each minute is looked at once a night: whether the platform's own log is whole."""
    found = len(findings(words=False))
    log.info("the audit log ends at %s %s", *head())
    HouseCheck.objects.update_or_create(name="audit", defaults={"value": found, "at": clock.now()})


def forget_old() -> None:
    """Alerts that were resolved a year ago are gone with their history, and what was put away of announcements that are over."""
    now = clock.now()
    Alert.objects.filter(state=STATE.RESOLVED, resolved_at__lt=now - KEPT_FOR).delete()
    Dismissal.objects.filter(announcement__ends_at__lt=now).delete()
