"""The one place that locks here."""

from __future__ import annotations

from tenant_apps.privacy.models import Erasure


def lock_erasure(pk: int) -> Erasure:
    """The erasure as it is now. Nothing else of an app is locked before it."""
    return Erasure.objects.select_for_update(no_key=True).get(pk=pk)
