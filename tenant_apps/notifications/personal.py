"""What somebody was told, here and by mail or short text."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenant_apps.notifications.models import Notice
from tenants.outbox.models import OutboxMessage
from tenants.personal.people import Holder, Person, holder
from tenants.personal.retention import kept_for, oldest


def _letters(person: Person) -> Q:
    to = Q(payload__to__in=[*person.mails, *(f"+{number}" for number in person.numbers)])
    return to | Q(kind="notice", payload__user=person.user.pk) if person.user is not None else to


@holder("notifications", label=_("Notices"), order=50)
class Notifications(Holder):
    def copy(self, person: Person) -> dict[str, Any]:
        if person.user is None:
            return {}
        return {
            "notices": list(Notice.objects.filter(user=person.user).values("subject", "body", "created_at", "read_at"))
        }

    def erase(self, person: Person) -> None:
        # The rows stay, so that no event is told a second time; what still waits is told to nobody.
        letters = OutboxMessage.objects.filter(_letters(person))
        letters.filter(state=OutboxMessage.State.WAITING).update(state=OutboxMessage.State.GIVEN_UP)
        letters.update(payload={}, last_error="")
        if person.user is not None:
            Notice.objects.filter(user=person.user).delete()


@kept_for("notices", label=_("Notices"), keep=timedelta(days=365))
def forget_notices(before: datetime) -> int:
    return oldest(Notice.objects.filter(created_at__lt=before)).delete()[0]


@kept_for("letters", label=_("Texts of mails and short texts that were sent"), keep=timedelta(days=30))
def forget_letters(before: datetime) -> int:
    old = (
        OutboxMessage.objects.filter(created_at__lt=before)
        .exclude(state=OutboxMessage.State.WAITING)
        .exclude(payload={})
    )
    return oldest(old).update(payload={}, last_error="")
