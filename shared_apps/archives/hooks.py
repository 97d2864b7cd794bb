"""What becomes of a region's archives when its data are deleted for good."""

from __future__ import annotations

from functools import partial

from django.db import transaction

from shared_apps.archives.services.archiving import remove_all
from tenants.lifecycle.hooks import region_gone
from tenants.models import Region


@region_gone("archives")
def deleted(region: Region) -> None:
    """They go too: what its admins were handed is theirs, and nothing else stays."""
    transaction.on_commit(partial(remove_all, region))
