"""A region that is closed, or whose data have gone, is charged no more."""

from __future__ import annotations

import logging

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from shared_apps.billing.locks import lock_subscription
from shared_apps.billing.models import Quotation, Subscription
from shared_apps.billing.services.quoting import withdraw_quotation
from shared_apps.billing.services.sponsoring import leave_sponsor
from shared_apps.billing.services.subscribing import end
from shared_apps.billing.services.ways import OPEN, close_checkouts
from tenants.models import RegionStatus

log = logging.getLogger(__name__)

BY = "system:billing"
REASON = "region closed"


def end_closed(limit: int = 500) -> int:
    """Beat, and after a deletion: subscriptions of closed regions end, their quotations are withdrawn. Returns how many.

    What was paid for is not paid back by itself. A region that comes back goes on by an operator's hand.
    """
    asked = Quotation.objects.filter(subscription=OuterRef("pk"), state__in=OPEN)
    rows = Subscription.objects.filter(region__status=RegionStatus.CLOSED).filter(
        Q(ends_at=None) | Q(sponsor__isnull=False, leaves_sponsor=False) | Exists(asked)
    )
    done = 0
    for row in list(rows.order_by("pk")[:limit]):
        try:
            _leave(row)
        except Exception:
            log.exception("subscription %s of a closed region does not end", row.pk)
        else:
            done += 1
    return done


def _leave(row: Subscription) -> None:
    """Each step is a deed of its own and found again if it was not reached."""
    for quotation in row.quotations.filter(state__in=OPEN).select_related("subscription__region"):
        withdraw_quotation(quotation=quotation, by=BY, reason=REASON)
    leave_sponsor(subscription=row, by=BY, reason=REASON)
    with transaction.atomic():
        close_checkouts(lock_subscription(row))
    end(subscription=row, by=BY, reason=REASON)
