"""Payment providers: what the region asks of one, and which one it has."""

from __future__ import annotations

from tenant_apps.payments.models import ProviderSettings
from tenant_apps.payments.providers.base import Provider
from tenant_apps.payments.providers.midtrans import midtrans_here


def active_provider() -> Provider | None:
    """The provider that collects for the bound region; None where no one is enabled or its key is missing."""
    here = midtrans_here()
    # Nobody asks the database which provider it is where no provider has a key.
    if here is None:
        return None
    chosen = ProviderSettings.objects.first()
    return provider_called(chosen.provider) if chosen is not None and chosen.enabled else None


def provider_called(name: str) -> Provider | None:
    """A provider by its name, for charges that it made; None where its key is missing."""
    return midtrans_here() if name == "midtrans" else None
