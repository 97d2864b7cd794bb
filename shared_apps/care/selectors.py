"""Reading what care keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.http import urlencode

from shared_apps.care.models import Alert, Flag, RestoreProof
from tenants.alerting import Rule, Severity, rules
from tenants.kernel import clock
from tenants.kernel.cells import Cell
from tenants.models import RegionStatus

STATE = Alert.State
LONGEST_TEXT = 80
GRAVITY = Case(
    *[When(severity=code, then=Value(place)) for place, code in enumerate(Severity.values)],
    default=Value(9),
    output_field=IntegerField(),
)
# What the page shows without being asked: all that is not over.
ONGOING = "ongoing"
STATES = (ONGOING, STATE.OPEN.value, STATE.ACKNOWLEDGED.value, STATE.RESOLVED.value)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which alerts. Made by `filter_of`, which drops what makes no sense."""

    text: str = ""
    state: str = ONGOING
    severity: str = ""
    rule: str = ""
    silenced: bool = False

    @property
    def query(self) -> str:
        told = {
            "q": self.text,
            "state": "" if self.state == ONGOING else self.state,
            "severity": self.severity,
            "rule": self.rule,
            "silenced": "1" if self.silenced else "",
        }
        return urlencode({name: value for name, value in told.items() if value})

    @property
    def narrows(self) -> bool:
        return self != Filter()

    def with_(self, **changes: Any) -> str:
        return f"?{replace(self, **changes).query}"


def filter_of(asked: QueryDict) -> Filter:
    """What the address asks for; anything unknown is as if it were not there."""
    state, severity, rule = (asked.get(name, "") for name in ("state", "severity", "rule"))
    return Filter(
        text=asked.get("q", "").replace("\x00", "").strip()[:LONGEST_TEXT],
        state=state if state in STATES else ONGOING,
        severity=severity if severity in Severity.values else "",
        rule=rule if rule in rules() else "",
        silenced=asked.get("silenced") == "1",
    )


def alerts_by(asked: Filter) -> QuerySet[Alert]:
    """The gravest first, then the newest. What is only watched yet is no alert. Silenced ones are apart."""
    states = [STATE.OPEN, STATE.ACKNOWLEDGED] if asked.state == ONGOING else [asked.state]
    rows = Alert.objects.filter(state__in=states).select_related("region")
    if asked.severity:
        rows = rows.filter(severity=asked.severity)
    if asked.rule:
        rows = rows.filter(rule=asked.rule)
    if asked.text:
        rows = rows.filter(region__name__icontains=asked.text)
    if asked.state != STATE.RESOLVED:
        quiet = Q(silenced_until__gt=clock.now())
        rows = rows.filter(quiet) if asked.silenced else rows.exclude(quiet)
    # "critical" stands before "note" and "warning": the order of the letters is not that of the gravity.
    return rows.order_by(GRAVITY, "-opened_at", "-pk")


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert with the words of its rule, which may have left the code since."""

    alert: Alert
    label: str | Promise
    advice: str | Promise
    unit: str | Promise

    @property
    def silent(self) -> bool:
        return self.alert.silenced_until is not None and self.alert.silenced_until > clock.now()


def rows_of(alerts: Iterable[Alert]) -> list[AlertRow]:
    known: dict[str, Rule] = rules()
    found = []
    for one in alerts:
        rule = known.get(one.rule)
        found.append(AlertRow(one, rule.label, rule.advice, rule.unit) if rule else AlertRow(one, one.rule, "", ""))
    return found


def open_alerts() -> int:
    """How many nobody has acknowledged; silenced ones do not count."""
    quiet = Q(silenced_until__gt=clock.now())
    return Alert.objects.filter(state=STATE.OPEN).exclude(quiet).count()


CSV_HEAD = (
    "rule", "region", "schema", "severity", "state", "value", "threshold", "opened_at", "resolved_at", "acknowledged_by",
    "note", "silenced_until",
)  # fmt: skip


def csv_rows(alerts: QuerySet[Alert]) -> Iterator[tuple[Cell, ...]]:
    """The filter's alerts for a spreadsheet, head first; moments in UTC."""
    yield CSV_HEAD
    columns = ["region__name" if c == "region" else "region__schema_name" if c == "schema" else c for c in CSV_HEAD]
    for row in alerts.values_list(*columns).iterator(chunk_size=5_000):
        yield tuple(cell.strftime("%Y-%m-%d %H:%M") if hasattr(cell, "strftime") else cell for cell in row)


def reached_by(flags: Iterable[Flag]) -> dict[int, int]:
    """How many open regions each flag is on in, by the same function that lets regions see it. One query."""
    keys = [flag.pk for flag in flags]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT f.id, count(*) FROM care_flag f JOIN tenants_region r ON r.status = %s AND public.care_reaches("
            "f.everybody, f.area_codes, f.region_ids, f.percent, f.name, r.id, r.public_id) WHERE f.id = ANY(%s) GROUP BY 1",
            [RegionStatus.READY.value, keys],
        )
        return dict(cursor.fetchall())


def proofs_here(limit: int = 20) -> list[RestoreProof]:
    """In a region, its own newest proofs; those that wait or were left out prove nothing."""
    done = [RestoreProof.State.PASSED, RestoreProof.State.FAILED]
    return list(RestoreProof.objects.filter(state__in=done).order_by("-pk")[:limit])


def proofs_lately(days: int = 30) -> tuple[int, int]:
    """How many drills of the last days passed and failed."""
    since = clock.now() - timedelta(days=days)
    rows = RestoreProof.objects.filter(ended_at__gt=since)
    passed = rows.filter(state=RestoreProof.State.PASSED).count()
    return passed, rows.filter(state=RestoreProof.State.FAILED).count()
