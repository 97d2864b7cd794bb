"""The link in a supplier's mail: good for one order, until it is over."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail, signing
from django.test import Client

from shared_apps.exchange.models import Connector, OrderState, SupplierOrder
from shared_apps.exchange.services.connecting import renew_secret, set_connector
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tests.cast import BY
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.exchange.test_connector import carry, text_of
from tests.shared_apps.supplier_catalog.people import platform_browser


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    deal = Deal(kalidoni)
    with on_platform():
        set_connector(organisation=deal.supplier, kind="email", by=BY)
    return deal


@pytest.fixture
def order(deal: Deal) -> SupplierOrder:
    return deal.send({"BR-50": 3, "TL-180": 1})


@pytest.fixture
def link(deal: Deal, order: SupplierOrder) -> str:
    """The path in the mail that came."""
    carry()
    carry()
    found = re.search(r"http://\S+?(/pemasok/tautan/\S+/)", str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


@pytest.fixture
def anybody() -> Client:
    return platform_browser()


def get(browser: Client, path: str) -> Any:
    with on_platform():
        return browser.get(path)


def post(browser: Client, path: str, **form: str) -> Any:
    with on_platform():
        return browser.post(path, form)


def test_it_reads_confirms_sends_and_keeps(deal: Deal, order: SupplierOrder, link: str, anybody: Client) -> None:
    page = get(anybody, link)
    assert page.status_code == 200 and order.number in text_of(page) and "no-store" in page["Cache-Control"]
    assert get(anybody, link + "pesanan.pdf").content.startswith(b"%PDF")
    assert order.number in b"".join(get(anybody, link + "pesanan.csv").streaming_content).decode()
    assert post(anybody, link, do="confirm", promised_on="x").status_code == 400
    assert post(anybody, link, do="anything").status_code == 400
    for _time in range(2):
        assert post(anybody, link, do="confirm", promised_on="").status_code == 302
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', text_of(get(anybody, link)))
    assert key is not None
    for _time in range(2):
        assert post(anybody, link, do="ship", key=key[1]).status_code == 302
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm", "ship"]
    assert {line.packs_shipped for line in deal.lines(order).values()} == {3, 1}


def test_it_refuses_and_is_over_then(deal: Deal, order: SupplierOrder, link: str, anybody: Client) -> None:
    assert post(anybody, link, do="refuse", reason=" ").status_code == 400
    assert post(anybody, link, do="refuse", reason="Habis").status_code == 200
    assert deal.seen(order).state == OrderState.REFUSED
    assert get(anybody, link).status_code == 404


def test_it_opens_its_own_order_alone(deal: Deal, order: SupplierOrder, link: str, anybody: Client) -> None:
    token = link.split("/")[-2]
    for wrong in (token[:-1], token + "x", "x", token.replace(":", "."), signing.dumps([1, "", order.number])):
        answer = get(anybody, f"/pemasok/tautan/{wrong}/")
        assert answer.status_code == 404 and "Tautan ini" in text_of(answer)
        assert post(anybody, f"/pemasok/tautan/{wrong}/", do="confirm").status_code == 404
    assert deal.seen(order).state == OrderState.SENT


def test_it_opens_nothing_while_the_buyer_is_suspended(
    deal: Deal, order: SupplierOrder, link: str, anybody: Client
) -> None:
    assert get(anybody, link).status_code == 200
    for status in (RegionStatus.SUSPENDED, RegionStatus.CLOSED):
        with on_platform():
            Region.objects.filter(pk=deal.region.pk).update(status=status)
        assert get(anybody, link).status_code == get(anybody, link + "pesanan.pdf").status_code == 404
        assert post(anybody, link, do="refuse", reason="Habis").status_code == 404
    with on_platform():
        Region.objects.filter(pk=deal.region.pk).update(status=RegionStatus.READY)
    assert get(anybody, link).status_code == 200


def test_it_grows_old(link: str, anybody: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert get(anybody, link).status_code == 200
    later = clock.now() + timedelta(days=31)
    monkeypatch.setattr("django.core.signing.time.time", lambda: later.timestamp())
    assert get(anybody, link).status_code == 404


def test_it_ends_with_the_way_by_which_it_came(deal: Deal, link: str, anybody: Client) -> None:
    with on_platform():
        Connector.objects.update(kind="portal")
    assert get(anybody, link).status_code == 404
    with on_platform():
        Connector.objects.update(kind="email")
        renew_secret(organisation=deal.supplier, by=BY)
    assert get(anybody, link).status_code == 404
