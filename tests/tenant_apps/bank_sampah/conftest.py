from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.tenant_apps.bank_sampah.bank import Bank, open_bank


@pytest.fixture
def bank(market: Cast) -> Bank:
    """Kalidoni with its cast and a waste bank, bound."""
    return open_bank(market)
