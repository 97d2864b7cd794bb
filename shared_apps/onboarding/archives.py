"""What onboarding knows of a region travels with it: how it registered, and which kecamatan it holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.regions.models import Area, Level
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
            CoverageClaim.objects.bulk_create(
                [CoverageClaim(kecamatan_code=code, registration=own, region=region) for code in data["kecamatan"]],
                ignore_conflicts=True,
            )
            return
        registration = Registration.objects.create(
            public_id=UUID(wanted["public_id"]),
            state=State.LIVE,
            slug=slug,
            region=region,
            **{field: wanted[field] for field in _FIELDS},
        )
        CoverageClaim.objects.bulk_create(
            [CoverageClaim(kecamatan_code=code, registration=registration, region=region) for code in data["kecamatan"]]
        )
        SlugClaim.objects.get_or_create(slug=slug, defaults={"held_for": registration.public_id, "region": region})


@region_gone("onboarding")
def give_up_kecamatan(region: Region) -> None:
    """Its kecamatan may register anew; its slug stays its own for ever."""
    CoverageClaim.objects.filter(region=region).delete()
