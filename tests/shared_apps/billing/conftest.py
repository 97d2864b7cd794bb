"""A Stripe for the billing tests, as new for each of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared_apps.billing.models import Subscription
from tenants.models import Region
from tests.shared_apps.billing.house import subscribed, trial_over
from tests.standins.stripe import StripeStandIn, stripe_account


@pytest.fixture(scope="session")
def stripe_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeStandIn]:
    home: Path = tmp_path_factory.mktemp("stripe")
    # Nobody listens there: what is told waits until a test takes it.
    with stripe_account(home, endpoint="http://localhost:9/tagihan/stripe/") as account:
        yield account


@pytest.fixture
def account(stripe_process: StripeStandIn, settings: Any) -> StripeStandIn:
    """It holds what it tells, and our settings lead to it."""
    stripe_process.reset()
    stripe_process.switch(hold=True)
    settings.STRIPE_KEY, settings.STRIPE_URL = stripe_process.key, stripe_process.url
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_of_an_earlier_time", stripe_process.secret]
    return stripe_process


@pytest.fixture
def customer(account: StripeStandIn, platform: None, kalidoni: Region) -> Subscription:
    """Kalidoni, its trial just over, so that a card is charged at once."""
    return trial_over(subscribed(kalidoni))
