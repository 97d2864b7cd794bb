"""Operators tell regions something for a time; people there put it away when they have read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from shared_apps.care.errors import NobodyReached
from shared_apps.care.models import Announcement
from tenants.audit.services import record
from tenants.context import current_region
from tenants.kernel import clock


def announce(
    *,
    kind: str,
    text_id: str,
    text_en: str,
    everybody: bool,
    area_codes: Sequence[str],
    roles: Sequence[str],
    starts_at: datetime,
    ends_at: datetime,
    by: str,
) -> Announcement:
    """It stands on the pages of those regions from its beginning to its end.

    `roles`: whose pages; nobody named means everybody's, visitors' too.
    Raises:  NobodyReached without an area and not for everybody.
    """
    if not everybody and not area_codes:
        raise NobodyReached(_("Choose an area, or say that it is for all regions."))
    with transaction.atomic():
        made: Announcement = Announcement.objects.create(
            kind=kind,
            text_id=text_id,
            text_en=text_en,
            everybody=everybody,
            area_codes=sorted(set(area_codes)),
            roles=sorted(set(roles)),
            starts_at=starts_at,
            ends_at=ends_at,
            by=by,
        )
        _write(made, "made", by=by)
    return made


def end_announcement(*, announcement: Announcement, by: str) -> None:
    """It is shown no more; one that had not begun never is. Ending it twice changes nothing."""
    now = clock.now()
    with transaction.atomic():
        rows = Announcement.objects.filter(pk=announcement.pk, ends_at__gt=now)
        if rows.filter(starts_at__lt=now).update(ends_at=now) or rows.delete()[0]:
            _write(announcement, "ended", by=by)


def dismiss(*, public_id: UUID, person: UUID) -> None:
    """In a region: this person sees the announcement no more. One that does not reach the region changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO public.care_dismissal (announcement_id, region_id, person)"
            " SELECT id, %s, %s FROM public.care_announcement WHERE public_id = %s ON CONFLICT DO NOTHING",
            [current_region().pk, person, public_id],
        )


def _write(announcement: Announcement, what: str, *, by: str) -> None:
    record(
        f"announcement.{what}",
        by=by,
        target=f"announcement:{announcement.public_id}",
        details={
            "kind": announcement.kind,
            "everybody": announcement.everybody,
            "areas": announcement.area_codes,
            "roles": announcement.roles,
        },
    )
