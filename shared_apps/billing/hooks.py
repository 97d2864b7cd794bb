"""What billing does when a region's data are deleted here."""

from __future__ import annotations

from shared_apps.billing.tasks import end_closed_subscriptions
from tenants.lifecycle.hooks import region_gone
from tenants.models import Region


@region_gone("billing")
def end_subscription(region: Region) -> None:
    """After the deletion's transaction, which holds the region and the log: billing locks its subscription before these."""
    end_closed_subscriptions.on_commit()
