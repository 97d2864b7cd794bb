"""What onboarding brings back with a region: all of its kecamatan, or a refusal that names those that are taken."""

from __future__ import annotations

import pytest
from django.db import transaction

from shared_apps.onboarding.archives import OnboardingRecord
from shared_apps.onboarding.models import CoverageClaim, Registration, State
from tenants.backup.errors import Occupied
from tenants.context import on_platform
from tenants.models import Region

OURS, TAKEN = "16.71.10", "16.71.11"


def registered(region: Region) -> Registration:
    return Registration.objects.create(name=region.name, state=State.LIVE, region=region)


def test_a_kecamatan_that_was_taken_meanwhile_is_told(kalidoni: Region, lombok: Region) -> None:
    with on_platform():
        own, other = registered(kalidoni), registered(lombok)
        CoverageClaim.objects.create(kecamatan_code=OURS, registration=own, region=kalidoni)
        claim = CoverageClaim.objects.create(kecamatan_code=TAKEN, registration=other, region=lombok)
        data = {"registration": {"public_id": str(own.public_id)}, "kecamatan": [OURS, TAKEN]}
        with pytest.raises(Occupied, match=TAKEN), transaction.atomic():
            OnboardingRecord().write(data, kalidoni, "kalidoni")
        claim.delete()
        for _ in range(2):
            OnboardingRecord().write(data, kalidoni, "kalidoni")
        assert set(CoverageClaim.objects.filter(region=kalidoni).values_list("kecamatan_code", flat=True)) == {
            OURS,
            TAKEN,
        }
