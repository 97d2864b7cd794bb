"""Who pays, and whether what Stripe tells is taken in."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Min

from shared_apps.billing.models import Difference, StripeEvent, Subscription, SubscriptionState
from tenants.kernel import clock
from tenants.observing.facts import Fact, facts


@facts("billing")
def billing_facts() -> Iterable[Fact]:
    numbers = dict(Subscription.objects.order_by().values_list("state").annotate(Count("pk")))
    for state in SubscriptionState.values:
        yield Fact("warsa_subscriptions", "Subscriptions by state.", numbers.get(state, 0), {"state": state})
    oldest = StripeEvent.objects.filter(applied_at=None).aggregate(at=Min("received_at"))["at"]
    waits = (clock.now() - oldest).total_seconds() if oldest else 0
    yield Fact("warsa_stripe_event_oldest_seconds", "Age of the oldest event that is not applied; 0 for none.", waits)
    differences = Difference.objects.filter(gone_at=None).count()
    yield Fact("warsa_stripe_differences", "What Stripe and we tell differently.", differences)
