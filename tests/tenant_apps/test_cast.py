"""The cast can sign in and is what its description says."""

from __future__ import annotations

from tenant_apps.stock.selectors import available_at
from tenant_apps.warungs.selectors import Place, nearest
from tests.cast import VILLAGE, Cast, browser_of


def test_hasans_warung_is_the_nearest_and_has_rice(market: Cast) -> None:
    assert [one.warung for one in nearest(Place(VILLAGE, 1, 3))] == [market.warung, market.other_warung]
    assert available_at(market.warung, [market.rice.pk, market.egg.pk]) == {market.rice.pk: 50_000, market.egg.pk: 10}


def test_everybody_can_look_at_the_first_page(market: Cast) -> None:
    for user in (None, market.ratna, market.hasan, market.budi):
        assert browser_of(user).get("/").status_code == 200
