"""Changes at Stripe that a transaction decided: written down with their key, and asked for after it commits."""

from __future__ import annotations

import uuid
from typing import Any

from shared_apps.billing.models import StripeCall, Subscription
from tenants.kernel import clock
from tenants.outbox.services import put

KIND = "billing.stripe"
# What a transaction decides, and no page asks for.
DECIDED = ("subscription.end", "subscription.change", "refund", "checkout.expire")


def ask_later(kind: str, subscription: Subscription, params: dict[str, Any], *, key: str = "") -> StripeCall:
    """It is asked after this transaction commits, and again until Stripe has answered. `kind`: see `stripe.calls`."""
    call = StripeCall.objects.create(
        key=key or f"{kind}:{uuid.uuid4()}",
        kind=kind,
        subscription=subscription,
        params=params,
        asked_at=clock.now(),
    )
    put(KIND, {"call": call.pk}, dedupe=f"{KIND}:{call.key}")
    return call
