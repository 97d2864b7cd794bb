from __future__ import annotations

import logging
from datetime import timedelta

from django.db import transaction

from tenant_apps.payments.models import Payment, PaymentState
from tenant_apps.payments.outgoing import ask_how_it_stands
from tenant_apps.payments.providers import provider_called
from tenant_apps.payments.services.events import apply_event, waiting_events
from tenant_apps.payments.services.receiving import expire_due
from tenants.kernel import clock
from tenants.tasks import for_each_ready_region, platform_task, region_task

log = logging.getLogger(__name__)

# Beat asks each minute. Where payments are open something has happened lately; other regions take turns.
TURNS = 10
ACTIVE = timedelta(minutes=60)
# A notification may be lost: an open charge is asked about this often, once it had the time to be paid.
ASK_EVERY = timedelta(minutes=5)


@region_task()
def tend_payments() -> None:
    """What ran out ends, what was told is applied, and what is silent is asked about."""
    apply_waiting()
    expire_due()
    ask_about_silent()


@platform_task()
def tend_payments_everywhere() -> None:
    turn = int(clock.now().timestamp()) // 60
    for_each_ready_region(tend_payments, expires=60, turn=(turn, TURNS), active=ACTIVE)


def apply_waiting() -> None:
    """Each event by itself, so that one that cannot be applied keeps no other."""
    for event in waiting_events():
        provider = provider_called(event.provider)
        if provider is None:
            continue
        try:
            apply_event(event, provider=provider)
        except Exception:
            log.exception("payment event %s is not applied", event.pk)


def ask_about_silent() -> None:
    """Open charges that nobody told us of."""
    slot = int(clock.now().timestamp() // ASK_EVERY.total_seconds())
    waiting = Payment.objects.filter(state=PaymentState.PENDING, created_at__lt=clock.now() - ASK_EVERY)
    for payment in waiting.exclude(provider="").exclude(provider_reference=None)[:200]:
        with transaction.atomic():
            ask_how_it_stands(payment, why=str(slot))
