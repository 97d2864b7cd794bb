"""Whoever looks at somebody's record leaves a row that this person reads."""

from __future__ import annotations

from uuid import UUID

from tenant_apps.accounts.access import Member as Reader
from tenant_apps.privacy.models import RecordAccess, Seen
from tenants.context import current_region
from tenants.kernel import clock


def note_look(*, subject: UUID, what: Seen, reader: Reader) -> None:
    """`reader` sees this of the person now. The second time of a day changes nothing; one statement.

    Called before the answer is written: what could not be noted is not shown.
    """
    now = clock.now()
    look = RecordAccess(
        subject=subject,
        what=what,
        by=reader.actor,
        roles=",".join(sorted(reader.roles))[:80],
        day=clock.today(current_region().time_zone),
        at=now,
    )
    RecordAccess.objects.bulk_create([look], ignore_conflicts=True)
