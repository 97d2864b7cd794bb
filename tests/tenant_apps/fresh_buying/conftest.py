from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.tenant_apps.fresh_buying.dawn import Stand, open_stand


@pytest.fixture
def place(market: Cast) -> Stand:
    """Kalidoni with its cast and a stand that buys on order, bound."""
    return open_stand(market)
