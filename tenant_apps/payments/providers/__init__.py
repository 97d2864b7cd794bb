"""Payment providers: what the region asks of one, and which one it has."""

from __future__ import annotations

from collections.abc import Callable

from tenant_apps.payments.models import ProviderSettings
from tenant_apps.payments.providers.base import Provider
from tenant_apps.payments.providers.midtrans import midtrans_here

_MAKERS: dict[str, Callable[[], Provider | None]] = {"midtrans": midtrans_here}


def active_provider() -> Provider | None:
    """The provider that collects for the bound region; None where no one is enabled or its key is missing."""
    here = {name: provider for name, make in _MAKERS.items() if (provider := make())}
    # Nobody asks the database which provider it is where no provider has a key.
    chosen = ProviderSettings.objects.first() if here else None
    return here.get(chosen.provider) if chosen is not None and chosen.enabled else None


def provider_called(name: str) -> Provider | None:
    """A provider by its name, for charges that it made; None where its key is missing."""
    make = _MAKERS.get(name)
    return make() if make else None
