"""The demo's supplier: as one that registered, was verified and offers, once."""

from __future__ import annotations

import pytest

from shared_apps.supplier_catalog.catalogue import articles_of
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierState
from tests.shared_apps.supplier_catalog.people import operator, platform_browser
from warsa.demo_supplier import EMAIL, GOODS, furnish_supplier

pytestmark = pytest.mark.usefixtures("platform")


def test_it_sells_in_palembang_and_somebody_signs_in_for_it() -> None:
    sri = operator()
    assert furnish_supplier(operator=sri, password="rahasia-demo-9") is True
    assert furnish_supplier(operator=sri, password="rahasia-demo-9") is False
    one = SupplierOrganisation.objects.get()
    assert (one.state, "contoh" in one.name, one.minimum_order) == (SupplierState.VERIFIED, True, 2_000_000)
    offered = list(articles_of(one))
    assert [row.offered for row in offered] == [1] * len(GOODS)  # type: ignore[attr-defined]
    browser = platform_browser()
    browser.post("/masuk/", {"login": EMAIL, "password": "rahasia-demo-9"})
    assert "Grosir Sinar Musi" in browser.get("/pemasok/").content.decode()
