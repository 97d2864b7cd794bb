"""The region's work unit."""

from __future__ import annotations

from tenant_apps.satker.models import Satker, ServiceSetting


def the_satker() -> Satker:
    """The region's one Satker; building a region makes it.

    Raises:  Satker.DoesNotExist in a region that is not built.
    """
    return Satker.objects.get(only=True)


def offers_service(code: str) -> bool:
    """Whether the region offers this service of WARSA."""
    return ServiceSetting.objects.filter(code=code, enabled=True).exists()
