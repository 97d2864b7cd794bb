"""What a region sees of the registrations that ask it for some of its kecamatan. Called with the region bound."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from shared_apps.onboarding.models import CarveOut
from tenants.context import current_region


def requests_to_us() -> QuerySet[CarveOut]:
    """Every request that was made to the bound region, newest first.

    Raises:  NoRegionBound on the platform.
    """
    return CarveOut.objects.filter(region=current_region())


def waiting_for_our_answer() -> int:
    """How many of them nobody has answered."""
    return requests_to_us().filter(state=CarveOut.State.ASKED).count()


def request_to_us(public_id: UUID) -> CarveOut | None:
    """The request, if it was made to the bound region; another region's and none at all answer alike."""
    return requests_to_us().filter(public_id=public_id).first()
