from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.tenant_apps.procurement.depot import Depot, open_depot


@pytest.fixture
def depot(market: Cast) -> Depot:
    """Kalidoni with its cast and two buying packs, bound."""
    return open_depot(market)
