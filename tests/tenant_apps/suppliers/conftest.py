from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.tenant_apps.suppliers.counter import Counter, open_counter


@pytest.fixture
def counter(market: Cast) -> Counter:
    """Kalidoni with its cast, where Sinar Musi sells; bound."""
    return open_counter(market)
