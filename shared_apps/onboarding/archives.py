"""What onboarding knows of a region travels with it: how it registered, and which kecamatan it holds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.regions.models import Area, Level
from tenants.backup.errors import Occupied
from tenants.backup.hooks import region_record
from tenants.lifecycle.hooks import region_gone
from tenants.models import Region, SlugClaim

# Of the registration. Its proof is a file of the platform's and stays; so does the secret of its mail link.
_FIELDS = (
    "area_codes",
    "name",
    "applicant_name",
    "applicant_position",
    "institution",
    "email",
    "phone",
    "services",
)


@region_record("onboarding")
class OnboardingRecord:
    """The registration and the kecamatan of a region; nothing for a region that never registered."""

    def export(self, region: Region) -> Any:
        registration = Registration.objects.filter(region=region).first()
        return {
            "registration": {
                "public_id": str(registration.public_id),
                **{field: getattr(registration, field) for field in _FIELDS},
            }
            if registration
            else None,
            "kecamatan": sorted(CoverageClaim.objects.filter(region=region).values_list("kecamatan_code", flat=True)),
        }

    def problems(self, data: Any, region: Region | None) -> list[str]:
        codes: list[str] = data["kecamatan"]
        in_force = set(
            Area.objects.filter(code__in=codes, level=Level.DISTRICT, retired_on=None).values_list("code", flat=True)
        )
        found = [f"There is no kecamatan {code} here." for code in codes if code not in in_force]
        # A region that comes back has kept its own.
        own = Q(region=region) if region else Q(pk__in=[])
        others = CoverageClaim.objects.filter(kecamatan_code__in=codes).exclude(own)
        found += [
            f"The kecamatan {claim.kecamatan_code} belongs to {claim.registration}."
            for claim in others.select_related("registration").order_by("pk")
        ]
        wanted = data["registration"]
        if wanted and Registration.objects.filter(public_id=wanted["public_id"]).exclude(own).exists():
            found.append("The region's registration is here already, for another region.")
        return found

    def write(self, data: Any, region: Region, slug: str) -> None:
        wanted = data["registration"]
        if wanted is None:
            return
        own = Registration.objects.filter(region=region).first()
        if own is not None:
            # It gave its kecamatan up when its data were deleted here, or holds them still.
            held = CoverageClaim.objects.filter(region=region).values_list("kecamatan_code", flat=True)
            _claim(set(data["kecamatan"]) - set(held), own, region)
            return
        registration = Registration.objects.create(
            public_id=UUID(wanted["public_id"]),
            state=State.LIVE,
            slug=slug,
            region=region,
            **{field: wanted[field] for field in _FIELDS},
        )
        _claim(data["kecamatan"], registration, region)
        SlugClaim.objects.get_or_create(slug=slug, defaults={"held_for": registration.public_id, "region": region})


def _claim(codes: Collection[str], registration: Registration, region: Region) -> None:
    """All of them or none: a region that came back without some of its kecamatan would not notice."""
    try:
        with transaction.atomic():
            CoverageClaim.objects.bulk_create(
                [CoverageClaim(kecamatan_code=code, registration=registration, region=region) for code in codes]
            )
    except IntegrityError as taken:
        others = CoverageClaim.objects.filter(kecamatan_code__in=codes).exclude(region=region)
        names = ", ".join(sorted(others.values_list("kecamatan_code", flat=True)))
        raise Occupied(
            f"Other regions have taken these kecamatan meanwhile: {names}. Nothing was brought in."
        ) from taken


@region_gone("onboarding")
def give_up_kecamatan(region: Region) -> None:
    """Its kecamatan may register anew; its slug stays its own for ever."""
    CoverageClaim.objects.filter(region=region).delete()
