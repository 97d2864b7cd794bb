"""What other apps of the platform note about a region, so that the console reads one row and imports none of them.

Each is idempotent and takes the later of two notes.
"""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from shared_apps.operations.figures import RegionRollup
from tenants.models import Region


def note_billing(*, region: Region, plan: str, state: str) -> None:
    """The region's plan by its name, and billing's own state of it (`trialing`, `active`, …). Called by billing on each change."""
    RegionRollup.objects.update_or_create(region=region, defaults={"plan": plan[:60], "billing_state": state[:20]})


def note_backup(*, region: Region, at: datetime) -> None:
    """All of the region as of this moment lies in an archive."""
    RegionRollup.objects.get_or_create(region=region)
    older = Q(backup_at=None) | Q(backup_at__lt=at)
    RegionRollup.objects.filter(older, region=region).update(backup_at=at)


def note_restore_proof(*, region: Region, at: datetime, passed: bool) -> None:
    """An archive of the region was restored for a trial, and its ledger compared."""
    RegionRollup.objects.get_or_create(region=region)
    older = Q(restore_proof_at=None) | Q(restore_proof_at__lte=at)
    RegionRollup.objects.filter(older, region=region).update(restore_proof_at=at, restore_proof_passed=passed)
