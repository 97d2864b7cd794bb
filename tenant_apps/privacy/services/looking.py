"""Whoever looks at somebody's record leaves a row that this person reads."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from tenant_apps.accounts.access import Member as Reader
from tenant_apps.privacy.models import RecordAccess, Seen
from tenants.context import current_region
from tenants.kernel import clock


def note_look(*, subject: UUID, what: Seen, reader: Reader) -> None:
    """`reader` sees this of the person now. The second time of a day changes nothing.

    Called before the answer is written: what could not be noted is not shown.
    """
    note_looks(subjects=[subject], what=what, reader=reader)


def note_looks(*, subjects: Iterable[UUID], what: Seen, reader: Reader) -> None:
    """The same of several people at once, such as those of a list with where they live. One statement."""
    now, day = clock.now(), clock.today(current_region().time_zone)
    roles = ",".join(sorted(reader.roles))[:80]
    # In one order, so that two readers of the same people wait for each other and not crosswise.
    looks = [
        RecordAccess(subject=subject, what=what, by=reader.actor, roles=roles, day=day, at=now)
        for subject in sorted(set(subjects))
    ]
    RecordAccess.objects.bulk_create(looks, ignore_conflicts=True)
