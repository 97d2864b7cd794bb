"""What an operator should be told of: rules that apps register, judged by shared_apps.care. So no app imports another for it.

A rule reads what lies on the platform already, in a number of queries that does not grow with the fleet, and opens no region.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.kernel import clock
from tenants.kernel.registering import register_once


class Severity(models.TextChoices):
    CRITICAL = "critical", _("critical")
    WARNING = "warning", _("warning")
    NOTE = "note", _("to note")


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure beyond its threshold, of a region by its row's id or of the platform (None)."""

    region: int | None
    value: int


MINUTES, HOURS, DAYS = 60, 3_600, 86_400


def since(moment: datetime, unit: int) -> int:
    """Whole minutes, hours or days from then till now."""
    return int((clock.now() - moment).total_seconds()) // unit


def if_more(value: int, most: int) -> list[Reading]:
    """The platform's own reading, where the figure is beyond its threshold."""
    return [Reading(None, value)] if value > most else []


Judge = Callable[[int], Iterable[Reading]]


@dataclass(frozen=True)
class Rule:
    """When an alert is opened, and what an operator reads then.

    `judge(threshold)` tells every reading that is beyond the threshold now, called on the platform once a minute. It opens
    an alert once it has been so for `lasting`, and is well again as soon as it is told no more.
    """

    name: str
    label: str | Promise
    advice: str | Promise
    severity: Severity
    # What the number counts: "minutes", "messages". The threshold has the same.
    unit: str | Promise
    threshold: int
    lasting: timedelta
    judge: Judge


_rules: dict[str, Rule] = {}


def alert_rule(
    name: str,
    *,
    label: str | Promise,
    advice: str | Promise,
    unit: str | Promise,
    severity: Severity = Severity.WARNING,
    threshold: int = 0,
    lasting: timedelta = timedelta(),
) -> Callable[[Judge], Judge]:
    """Register a rule; in an app's own module that its AppConfig.ready imports."""

    def register(judge: Judge) -> Judge:
        rule = Rule(name, label, advice, severity, unit, threshold, lasting, judge)
        register_once(_rules, name, rule, what="alert rule")
        return judge

    return register


def rules() -> dict[str, Rule]:
    """All of them, by name, the gravest first."""
    order = Severity.values
    return dict(sorted(_rules.items(), key=lambda one: (order.index(one[1].severity), one[0])))
