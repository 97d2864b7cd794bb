"""Operators hear of alerts by mail: once when they open, and once a day of those that nobody has acknowledged."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shared_apps.care.models import Alert
from shared_apps.care.selectors import GRAVITY
from shared_apps.operations.models import OperatorRole
from tenants.alerting import rules
from tenants.hosts import platform_url
from tenants.identity.models import User
from tenants.outbox.services import Message, mail, put_all

# A mail is read on a phone: the page has the rest.
MOST_LINES = 20
MORNING = 8
TOLD = (OperatorRole.OPERATOR, OperatorRole.OWNER)


def tell_opened(keys: Sequence[int], now: datetime) -> None:
    """One mail for all that opened together."""
    alerts = _loud(now).filter(pk__in=keys) if keys else Alert.objects.none()
    _tell(alerts, dedupe=f"care.opened:{max(keys, default=0)}", again=False)


def tell_unanswered(now: datetime) -> None:
    """In the morning, what has been open since yesterday and nobody has acknowledged."""
    local = now.astimezone(ZoneInfo("Asia/Jakarta"))
    if local.hour >= MORNING:
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        dedupe = f"care.unanswered:{local.date().isoformat()}"
        _tell(_loud(now).filter(opened_at__lt=midnight), dedupe=dedupe, again=True)


def _loud(now: datetime) -> QuerySet[Alert]:
    """Open alerts that nobody has silenced, the gravest first."""
    heard = Q(silenced_until=None) | Q(silenced_until__lte=now)
    rows = Alert.objects.filter(heard, state=Alert.State.OPEN).select_related("region")
    return rows.order_by(GRAVITY, "-opened_at")


def _tell(alerts: QuerySet[Alert], *, dedupe: str, again: bool) -> None:
    lines = list(alerts[:MOST_LINES])
    if not lines:
        return
    number = alerts.count()
    with transaction.atomic():
        put_all(
            [
                _letter(user, lines, number, f"{dedupe}:{user.public_id}", again=again)
                for user in User.objects.filter(operator_grant__role__in=TOLD, is_active=True).exclude(email="")
            ]
        )


def _letter(user: User, alerts: list[Alert], number: int, dedupe: str, *, again: bool) -> Message:
    with translation.override(user.language):
        if again:
            subject = ngettext("%(n)s alert still waits for you", "%(n)s alerts still wait for you", number)
        else:
            subject = ngettext("%(n)s new alert", "%(n)s new alerts", number)
        known = rules()
        told = [
            f"- {one.get_severity_display()}: {known[one.rule].label if one.rule in known else one.rule}"
            f" ({one.region.name if one.region else 'WARSA'})"
            for one in alerts
        ]
        if number > len(alerts):
            told.append(_("… and %(n)s more") % {"n": number - len(alerts)})
        page = platform_url(reverse("care:alerts", urlconf=settings.PUBLIC_SCHEMA_URLCONF))
        body = "\n".join(told) + "\n\n" + _("Acknowledge them here: %(page)s") % {"page": page} + "\n"
        return mail(to=user.email, subject=subject % {"n": number}, body=body, dedupe=dedupe)
