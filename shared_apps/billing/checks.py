"""A way to pay that is half set up stops the start, and names what is missing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def cards_are_whole(**_: Any) -> list[CheckMessage]:
    """With Stripe's key come the webhook's secret, and the seller whose name stands on invoices."""
    if not settings.STRIPE_KEY:
        return []
    missing = [f"WARSA_BILLING_{name.upper()}" for name, value in settings.BILLING_SELLER.items() if not value]
    if not settings.STRIPE_WEBHOOK_SECRETS:
        missing.append("WARSA_STRIPE_WEBHOOK_SECRET")
    hint = "WARSA_STRIPE_KEY is set, so cards are taken; without these no payment could be written down."
    return [Error(f"{', '.join(missing)} not set", hint=hint, id="billing.E001")] if missing else []
