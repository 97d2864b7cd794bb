"""A person's own news."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from tenant_apps.notifications.models import Notice
from tenants.identity.models import User
from tenants.kernel.asking import value_of

# More than this is "many" beside a bell.
MOST_COUNTED = 99


def notices_of(user: User) -> QuerySet[Notice]:
    """What the person was told, newest first."""
    return Notice.objects.filter(user=user)


def notice_for(user: User, public_id: UUID) -> Notice:
    """One of the person's own notices. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = notices_of(user).filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such notice of theirs")
    return found


def unread_of(user: User) -> int:
    """How many notices the person has not read, at most 99."""
    return int(value_of(_UNREAD, [user.pk, MOST_COUNTED]))


_UNREAD = """
    SELECT count(*) FROM (SELECT 1 FROM notifications_notice WHERE user_id = %s AND read_at IS NULL LIMIT %s) AS unread
"""


def unread_here(request: HttpRequest) -> int:
    """The number beside the bell: one query a page, and none for a visitor."""
    member = getattr(request, "member", None)
    if member is None or not member.is_signed_in:
        return 0
    known: int | None = getattr(request, "_unread_notices", None)
    if known is None:
        known = unread_of(member.user)
        request._unread_notices = known  # type: ignore[attr-defined]
    return known
