from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.tenant_apps.procurement.depot import Depot, open_depot
from tests.tenant_apps.procurement.round import Round, open_round


@pytest.fixture
def depot(market: Cast) -> Depot:
    """Kalidoni with its cast and two buying packs, bound."""
    return open_depot(market)


@pytest.fixture
def round_(market: Cast) -> Round:
    """The cast with a supplier whose rice, eggs and sugar it buys together."""
    return open_round(market)


@pytest.fixture
def round_dear(market: Cast) -> Round:
    """The same, where the supplier takes no order below Rp 10.000.000."""
    return open_round(market, minimum_order=10_000_000)
