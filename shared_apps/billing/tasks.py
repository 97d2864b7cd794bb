from __future__ import annotations

from shared_apps.billing.models import Subscription
from shared_apps.billing.services.leaving import end_closed
from shared_apps.billing.services.metering import meter
from shared_apps.billing.services.reminding import remind
from shared_apps.billing.services.settling import sweep
from shared_apps.billing.services.subscribing import subscribe_all
from shared_apps.billing.stripe.events import apply_waiting, sweep_events
from shared_apps.billing.stripe.reconciling import reconcile
from tenants.tasks import platform_task


@platform_task()
def apply_events(subscription: int) -> None:
    apply_waiting(Subscription.objects.get(pk=subscription))


@platform_task()
def sweep_stripe_events() -> None:
    """Beat: events that no worker has applied."""
    sweep_events()


@platform_task()
def tend_subscriptions() -> None:
    """Beat: new regions get their trial, closed ones end, time moves the others, usage is written down."""
    subscribe_all()
    end_closed()
    sweep()
    meter()


@platform_task()
def end_closed_subscriptions() -> None:
    """Regions were deleted, or moved away."""
    end_closed()


@platform_task()
def remind_payers() -> None:
    """Beat, each morning."""
    remind()


@platform_task()
def reconcile_nightly() -> None:
    """Beat, each night."""
    reconcile()
