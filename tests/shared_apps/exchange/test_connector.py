"""From programme to programme: what leaves is signed and leaves once, what comes is checked, kept, and applied once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client, override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared_apps.exchange.connectors import posting, reading, seals
from shared_apps.exchange.connectors.events import go_on_everywhere
from shared_apps.exchange.connectors.posting import BadAddress, NotTaken, checked, post
from shared_apps.exchange.connectors.reading import BadEvent
from shared_apps.exchange.models import Connector, ConnectorEvent, EventState, OrderState, SupplierOrder
from shared_apps.exchange.services import accept_change, cancel, note_receipt
from shared_apps.exchange.services.connecting import renew_secret, set_connector
from shared_apps.supplier_catalog.models import SupplierRole
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import MAX_ATTEMPTS, deliver
from tests.cast import BY
from tests.shared_apps.exchange.ordering import Deal
from tests.shared_apps.supplier_catalog.people import member, platform_browser
from tests.shared_apps.supplier_catalog.wholesaler import rinjani_pangan
from tests.standins.marketplace import Marketplace, marketplace


@pytest.fixture
def deal(kalidoni: Region) -> Deal:
    return Deal(kalidoni, order_freight=50_000)


@pytest.fixture
def shop(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> Iterator[Marketplace]:
    """Sinar Musi's programme; what it says goes to the test's own client instead of a second server."""
    monkeypatch.setattr(posting, "WITHIN", 0.4)
    with on_platform():
        made = set_connector(organisation=deal.supplier, kind="http", url="http://127.0.0.1:1/", by=BY)
    with marketplace(str(deal.supplier.public_id), made.new_secret) as here:
        with on_platform():
            Connector.objects.update(url=here.url)
        browser = platform_browser()

        def push(number: str, body: bytes, signed: Any, event_id: str = "") -> tuple[int, dict[str, Any]]:
            with on_platform():
                answer = browser.post(
                    f"/pemasok/api/pesanan/{number}/",
                    body,
                    content_type="application/json",
                    headers={seals.SUPPLIER: here.supplier, **signed},
                )
            return answer.status_code, answer.json()

        monkeypatch.setattr(here, "push", push)
        here.pause = 0.3
        yield here


def carry() -> list[bool]:
    """Everything that waits in the platform's outbox is tried once."""
    with on_platform():
        waiting = OutboxMessage.objects.filter(state="waiting").order_by("pk")
        return [deliver(pk) for pk in list(waiting.values_list("pk", flat=True))]


def test_an_order_and_its_later_steps_reach_the_programme(deal: Deal, shop: Marketplace) -> None:
    order = deal.send({"BR-50": 2})
    assert carry() == [True]
    told = shop.orders[order.number]
    assert (told["total"], told["buyer"]["name"], "supplier" in told) == (1_250_000, "Satker Kalidoni", False)
    assert [(line["sku"], line["packs"]) for line in told["lines"]] == [("BR-50", 2)]
    assert shop.say(order.number, "e1", "confirm", {"promised_on": deal.tomorrow().isoformat()})[0] == 200
    assert shop.say(order.number, "e2", "ship", {"lines": [{"position": 1, "packs": 2}]})[0] == 200
    deal.as_region(note_receipt, order, counts={deal.lines(order)["BR-50"].pk: (1, 1)})
    assert carry() == [True]
    assert shop.steps(order.number) == ["send", "receive"]
    last = list(shop.kept.values())[-1]
    assert (last["lines"][0]["packs_received"], last["lines"][0]["packs_rejected"]) == (1, 1)
    with on_platform():
        assert Connector.objects.get().reached_at is not None


@pytest.mark.parametrize(("fault", "arrivals"), [("500", 1), ("silent", 2), ("drop", 2)])
def test_what_went_wrong_is_sent_again_and_kept_once(deal: Deal, shop: Marketplace, fault: Any, arrivals: int) -> None:
    shop.faults.append(fault)
    order = deal.send({"BR-50": 2})
    assert (carry(), carry(), carry()) == ([False], [True], [])
    assert list(shop.orders) == [order.number] and list(shop.came.values()) == [arrivals]


def test_after_the_last_try_people_are_told(deal: Deal, shop: Marketplace) -> None:
    shop.faults += ["500"] * MAX_ATTEMPTS
    deal.send({"BR-50": 2})
    for _time in range(MAX_ATTEMPTS - 1):
        assert carry() == [False]
    carry()
    carry()
    assert [letter.to for letter in mail.outbox] == [[deal.supplier.email]]
    with on_platform():
        assert "500" in Connector.objects.get().failure
        assert not OutboxMessage.objects.exclude(state="delivered").exists()


def test_an_event_is_applied_once_and_answered_alike(deal: Deal, shop: Marketplace) -> None:
    order = deal.send({"BR-50": 3})
    assert shop.say(order.number, "a", "confirm") == shop.say(order.number, "a", "confirm")
    ship = {"lines": [{"position": 1, "packs": 1}]}
    first = shop.say(order.number, "b", "ship", ship)
    assert first == (200, {"status": "applied", "order": order.number, "state": "shipped"})
    assert shop.say(order.number, "b", "ship", ship) == first
    assert shop.say(order.number, "b", "ship", {"lines": [{"position": 1, "packs": 2}]})[0] == 409
    assert shop.say(order.number, "c", "ship", ship)[0] == 200
    assert deal.lines(order)["BR-50"].packs_shipped == 2
    assert shop.say(order.number, "d", "ship", {"lines": [{"position": 1, "packs": 5}]})[0] == 400
    bill = {"number": "F-1", "issued_on": clock.today().isoformat(), "lines": [{"position": 1, "packs": 2}]}
    assert shop.say(order.number, "e", "invoice", bill)[0] == 200
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm", "ship", "ship", "invoice"]


def test_a_worker_that_died_after_applying_changes_nothing(deal: Deal, shop: Marketplace) -> None:
    order = deal.send({"BR-50": 3})
    for event, kind, data in (
        ("a", "confirm", {}),
        ("b", "ship", {"lines": [{"position": 1, "packs": 2}]}),
        ("c", "invoice", {"number": "F", "issued_on": "2026-11-30", "lines": [{"position": 1, "packs": 1}]}),
    ):
        assert shop.say(order.number, event, kind, data)[0] == 200
    with on_platform():
        ConnectorEvent.objects.update(state=EventState.WAITING, answer=None, status=None)
        assert go_on_everywhere() == 3
        assert not ConnectorEvent.objects.exclude(state=EventState.APPLIED).exists()
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm", "ship", "invoice"]


def test_events_come_in_any_order(deal: Deal, shop: Marketplace) -> None:
    order = deal.send({"BR-50": 3})
    bill = {"number": "F-1", "issued_on": clock.today().isoformat(), "lines": [{"position": 1, "packs": 3}]}
    assert shop.say(order.number, "3", "invoice", bill) == (202, {"status": "waiting"})
    assert shop.say(order.number, "2", "ship", {"lines": [{"position": 1, "packs": 3}]})[0] == 202
    assert shop.say(order.number, "1", "confirm")[0] == 200
    assert [move for move, *_ in deal.trace(order)] == ["send", "confirm", "ship", "invoice"]
    assert shop.say(order.number, "3", "invoice", bill)[0] == 200


def test_what_waits_for_the_buyer_goes_on_after_it(deal: Deal, shop: Marketplace) -> None:
    first, second = deal.send({"BR-50": 3}), deal.send({"BR-50": 3})
    for order in (first, second):
        change = {"lines": [{"position": 1, "packs": 2}], "note": "Tinggal dua"}
        assert shop.say(order.number, f"c{order.number}", "change", change)[0] == 200
        assert shop.say(order.number, f"s{order.number}", "ship", {"lines": [{"position": 1, "packs": 2}]})[0] == 202
    deal.as_region(accept_change, first)
    deal.as_region(cancel, second, reason="Terlalu sedikit")
    with on_platform():
        assert (go_on_everywhere(), go_on_everywhere()) == (2, 0)
    assert deal.seen(first).state == OrderState.SHIPPED
    assert deal.seen(second).state == OrderState.CANCELLED
    assert shop.say(second.number, f"s{second.number}", "ship", {"lines": [{"position": 1, "packs": 2}]})[0] == 409


def test_only_who_has_the_secret_is_heard(deal: Deal, shop: Marketplace) -> None:
    order = deal.send({"BR-50": 3})
    body = json.dumps({"id": "a", "type": "confirm"}).encode()
    good = seals.sealed_now(shop.secret, body)
    long_ago = str(int(clock.now().timestamp()) - 700)
    for signed in (
        {},
        seals.sealed_now("somebody else's", body),
        {**good, seals.SIGNATURE: good[seals.SIGNATURE][:-1]},
        {**good, seals.TIMESTAMP: "x"},
        {seals.TIMESTAMP: long_ago, seals.SIGNATURE: seals.seal(shop.secret, long_ago, body)},
        {**good, seals.SUPPLIER: "x"},
        {**good, seals.SUPPLIER: "00000000-0000-4000-8000-000000000000"},
    ):
        assert shop.push(order.number, body, signed)[0] == 401
    assert shop.push(order.number, body.replace(b"confirm", b"refuse"), good)[0] == 401
    with on_platform():
        other = set_connector(organisation=rinjani_pangan().organisation, kind="http", url="http://127.0.0.1:1/", by=BY)
        other_id = str(other.connector.organisation.public_id)
    # Another supplier's signature opens none of these orders.
    theirs = {**seals.sealed_now(other.new_secret, body), seals.SUPPLIER: other_id}
    assert shop.push(order.number, body, theirs)[0] == 404
    assert shop.say("ABC234", "a", "confirm")[0] == 404
    with on_platform():
        renew_secret(organisation=deal.supplier, by=BY)
    assert shop.say(order.number, "a", "confirm")[0] == 401
    assert deal.seen(order).state == OrderState.SENT
    with on_platform():
        assert not ConnectorEvent.objects.exists()


BAD = [
    "",
    "[]",
    "nul",
    '{"id": 5, "type": "confirm"}',
    '{"id": "", "type": "confirm"}',
    '{"id": "x", "type": "explode"}',
    '{"id": "x", "type": "confirm", "data": []}',
    '{"id": "x", "type": "confirm", "data": {"promised_on": "31-12-2026"}}',
    '{"id": "x", "type": "confirm", "data": {"note": 5}}',
    '{"id": "x", "type": "change", "data": {"lines": "all"}}',
    '{"id": "x", "type": "change", "data": {"lines": [{"position": 1, "packs": 1.5}]}}',
    '{"id": "x", "type": "change", "data": {"lines": [{"position": 1, "packs": true}]}}',
    '{"id": "x", "type": "change", "data": {"lines": [{"position": 9, "packs": 1}]}}',
    '{"id": "x", "type": "change", "data": {"lines": [{"position": 1}, {"position": 1}]}}',
    '{"id": "x", "type": "change", "data": {"lines": [{"position": 1, "packs": 99999999999999999999999}]}}',
    '{"id": "x", "type": "refuse", "data": {"reason": "  "}}',
    '{"id": "x", "type": "refuse", "data": {"reason": "\\ud800"}}',
    '{"id": "x", "type": "refuse", "data": {"reason": "a\\u0000"}}',
    '{"id": "x", "type": "ship", "data": {}}',
    '{"id": "x", "type": "invoice", "data": {"lines": [{"position": 1, "packs": 1}]}}',
    "{" * 50_000,
]


@pytest.mark.parametrize("body", BAD)
def test_a_body_that_says_nothing_is_refused(deal: Deal, shop: Marketplace, body: str) -> None:
    order = deal.send({"BR-50": 3})
    status, answer = shop.push(order.number, body.encode(), seals.sealed_now(shop.secret, body.encode()))
    assert status == 400 and answer["status"] == "refused" and answer["error"]["message"]
    assert deal.seen(order).state == OrderState.SENT


_names = st.sampled_from(["id", "type", "data", "lines", "position", "packs", "x"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=4),
    max_leaves=8,
)


@given(_json)
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
def test_reading_refuses_or_reads(whole: Any) -> None:
    try:
        said = reading.read(json.dumps(whole).encode())
        reading.lines(said.data)
    except BadEvent as bad:
        assert bad.message


@pytest.mark.parametrize(
    "url",
    ["", "ftp://example.com/", "http://example.com", "https://u:p@example.com/", "https://10.0.0.1/", "https://127.0.0.1/",
     "https://[::1]/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://192.168.1.4:8443/",
     "https://exa mple.com/", "https://example.com:99999/", "https://2130706433/", "javascript:alert(1)"],
)  # fmt: skip
@override_settings(CONNECTORS_ON_LOOPBACK=False)
def test_orders_go_to_the_open_internet_alone(url: str) -> None:
    if url == "https://2130706433/":
        with pytest.raises((BadAddress, NotTaken)):
            post(url, b"", {})
        return
    with pytest.raises(BadAddress):
        checked(url)


@override_settings(CONNECTORS_ON_LOOPBACK=False)
def test_a_name_that_leads_inside_is_not_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in ("93.184.216.34", "10.1.2.3")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **options: found)
    monkeypatch.setattr(socket, "create_connection", lambda *args, **options: pytest.fail("it was called"))
    with pytest.raises(BadAddress):
        post("https://orders.example.com/", b"{}", {})


@pytest.fixture
def halim(deal: Deal) -> Client:
    with on_platform():
        return platform_browser(member(deal.supplier, "Halim", SupplierRole.ADMIN))


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_administrator_chooses_and_sees_the_secret_once(deal: Deal, halim: Client, shop: Marketplace) -> None:
    with on_platform():
        Connector.objects.all().delete()
        oman = platform_browser(member(deal.supplier, "Oman", SupplierRole.ORDERS))
        assert oman.get("/pemasok/sambungan/").status_code == 404
        assert halim.get("/pemasok/sambungan/").status_code == 200
        for url in ("", "https://10.0.0.1/", "nowhere"):
            assert halim.post("/pemasok/sambungan/", {"kind": "http", "url": url}).status_code == 400
        assert halim.post("/pemasok/sambungan/", {"kind": "pigeon"}).status_code == 400
        shown = halim.post("/pemasok/sambungan/", {"kind": "http", "url": shop.url})
        secret = Connector.objects.get().secret
        assert secret in text_of(shown)
        assert secret not in text_of(halim.get("/pemasok/sambungan/"))
        shop.secret = secret
        assert "200" in text_of(halim.post("/pemasok/sambungan/coba/", follow=True))
        assert [one["step"]["name"] for one in shop.kept.values()] == ["test"]
        shop.faults.append("500")
        assert "500" in text_of(halim.post("/pemasok/sambungan/coba/", follow=True))
        renewed = halim.post("/pemasok/sambungan/rahasia/")
        assert Connector.objects.get().secret != secret and Connector.objects.get().secret in text_of(renewed)


def test_the_orders_of_a_supplier_without_a_programme_come_by_mail(deal: Deal) -> None:
    order: SupplierOrder = deal.send({"BR-50": 1})
    carry()
    carry()
    (letter,) = mail.outbox
    assert letter.to == [deal.supplier.email] and f"/pemasok/pesanan/{order.number}/" in str(letter.body)
    deal.as_region(cancel, order, reason="Tidak jadi")
    carry()
    carry()
    assert "Tidak jadi" in str(mail.outbox[-1].body) and len(mail.outbox) == 2
