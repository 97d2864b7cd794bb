"""What building a region makes of Bank Sampah, where it is asked for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.models import Service
from tenant_apps.bank_sampah.services import set_up
from tenants.hooks import NewRegion, provision_step


@provision_step("bank_sampah", label=_("Setting up Bank Sampah"), order=70)
def bank_sampah(new: NewRegion) -> None:
    if Service.BANK_SAMPAH in new.services:
        set_up(name=f"Bank Sampah {new.name}", by="system:provisioning")
