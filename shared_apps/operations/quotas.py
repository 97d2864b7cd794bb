"""What a region may use while others come too."""

from __future__ import annotations

from django.db import transaction

from tenants.lifecycle.history import note
from tenants.models import Region


def set_share(*, region: Region, share: int, by: str, reason: str) -> Region:
    """From now on the region gets so much of each web process while others come too (tenants.fairness).

    Units:   `share`: percent, 1 to 100. The same share again changes nothing and is not noted.
    Writes:  the registry, so that every process knows it within seconds; the region's history and both logs.
    """
    with transaction.atomic():
        held = Region.objects.select_for_update().get(pk=region.pk)
        before = held.share
        if before != share:
            held.share = share
            held.save(update_fields=["share"])
            note(held, "change_share", by=by, reason=reason, details={"before": before, "after": share})
    region.share = share
    return region
