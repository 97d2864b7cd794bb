"""The entries of this app, where the region offers Bank Sampah."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.models import Service
from tenant_apps.accounts.access import Role
from tenant_apps.satker.offers import when_offered
from tenants.kernel.navigation import NavItem, register

OFFERED = when_offered(Service.BANK_SAMPAH)

register(
    NavItem(
        "toko",
        _("Bank Sampah"),
        "bank_sampah:units",
        "recycle",
        order=60,
        roles=frozenset({str(Role.OWNER), str(Role.STAFF)}),
        when=OFFERED,
    ),
    NavItem(
        "satker",
        _("Bank Sampah"),
        "bank_sampah:office",
        "recycle",
        order=60,
        roles=frozenset({str(Role.SATKER)}),
        when=OFFERED,
        also=("bank_sampah:units",),
    ),
)
