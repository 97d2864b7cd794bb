"""What this app itself keeps of people, and for how long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from tenant_apps.privacy.models import RecordAccess
from tenant_apps.privacy.selectors import consents_of, looks_at
from tenants.personal.people import Holder, Person, holder
from tenants.personal.retention import kept_for, oldest


@holder("privacy", label=_("Who looked, and what was agreed to"), order=20)
class Privacy(Holder):
    """The log says who looked at which id; without the person the id is nobody's."""

    def copy(self, person: Person) -> dict[str, Any]:
        return {
            "looks": [{"day": row.day, "what": row.what, "roles": row.roles} for row in looks_at(person.subjects)],
            "consents": list(consents_of(person.subjects).values("purpose", "version", "given", "at")),
        }


@kept_for("looks", label=_("Who looked at a record"), keep=timedelta(days=730))
def forget_looks(before: datetime) -> int:
    return oldest(RecordAccess.objects.filter(at__lt=before)).delete()[0]
