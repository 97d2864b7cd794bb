"""Which provider collects for the region."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenant_apps.payments.errors import NoKey
from tenant_apps.payments.models import ProviderSettings
from tenant_apps.payments.providers import provider_called
from tenants.kernel import clock


def use_provider(*, provider: str, enabled: bool, by: str) -> ProviderSettings:
    """New QRIS payments go through the provider, or to the warungs' own codes. Those that are out stay where they are.

    Raises:  NoKey while the operators have put no server key for this region into the environment.
    """
    if enabled and provider_called(provider) is None:
        raise NoKey(_("No server key is set for this region. Ask the operators of the platform to set it."))
    row, _fresh = ProviderSettings.objects.update_or_create(
        only=True,
        defaults={"provider": provider, "enabled": enabled, "changed_at": clock.now(), "changed_by": by},
    )
    return row
