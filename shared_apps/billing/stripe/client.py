"""How Stripe is reached: its own SDK, with our key, at its own address or at the stand-in's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import stripe
from django.conf import settings
from django.utils.translation import gettext as _

from shared_apps.billing.errors import CardsClosed, StripeAway

# Seconds. A page waits for some of these calls, and a locked row for others.
TIMEOUT = 10


def cards_open() -> bool:
    """Whether this installation takes cards."""
    return bool(settings.STRIPE_KEY)


def live() -> bool:
    """Whether the key is one for real money; events must be of the same kind."""
    return "_live_" in settings.STRIPE_KEY


def client() -> stripe.StripeClient:
    """Raises:  CardsClosed without a key."""
    if not cards_open():
        raise CardsClosed(_("Cards are not accepted here. Ask for a quotation instead."))
    return stripe.StripeClient(
        settings.STRIPE_KEY,
        base_addresses={"api": settings.STRIPE_URL} if settings.STRIPE_URL else None,
        http_client=stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=1,
    )


@contextmanager
def told() -> Iterator[None]:
    """Stripe's own errors become ours.

    Raises:  StripeAway.
    """
    try:
        yield
    except stripe.StripeError as failure:
        raise StripeAway(
            _("The card service does not answer as it should. Try again in some minutes; nothing was charged twice."),
            why=f"{type(failure).__name__}: {failure.user_message or failure}"[:300],
        ) from failure
