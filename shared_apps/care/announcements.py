"""What stands on a page of a region: announcements for the person's roles that they have not put away."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from django.utils.translation import get_language

from shared_apps.care.memory import Told, reached
from shared_apps.care.models import Dismissal
from tenants.context import current_region
from tenants.kernel import clock


def announced_to(*, roles: Callable[[], Iterable[str]], person: UUID | None) -> list[Told]:
    """For the bound region, the latest first. `roles` is called only where an announcement is for some.

    Asks who has put what away only where something is announced.
    """
    now = clock.now()
    for_them = [one for one in reached().announcements if one.starts_at <= now < one.ends_at]
    if any(one.roles for one in for_them):
        own = frozenset(map(str, roles()))
        for_them = [one for one in for_them if not one.roles or one.roles & own]
    if not for_them or person is None:
        return for_them
    rows = Dismissal.objects.filter(region=current_region().pk, person=person)
    away = set(rows.values_list("announcement__public_id", flat=True))
    return [one for one in for_them if one.public_id not in away]


def words_of(told: Told) -> str:
    """In the reader's language."""
    return told.text_en if (get_language() or "").startswith("en") else told.text_id
