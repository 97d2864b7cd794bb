"""What the stand-in tells: signed, again when it was not taken, and in disorder when a test wants that. A kill loses nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.infra.stripe_selling import Shop
from tests.standins.stripe import StripeStandIn, stripe_account
from tests.standins.stripe_shapes import faults
from tests.trials import rounds, seeded


@pytest.fixture
def shop(stripe_standin: StripeStandIn) -> Shop:
    return Shop(stripe_standin)


@dataclass
class Ear:
    """Listens at an address of its own, and answers as it is told."""

    status: int = 200
    heard: list[tuple[str, str]] = field(default_factory=list)
    url: str = ""

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.heard]


@pytest.fixture
def ear() -> Iterator[Ear]:
    mine = Ear()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            mine.heard.append((body, self.headers["Stripe-Signature"]))
            self.send_response(mine.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    mine.url = f"http://localhost:{server.server_port}/tagihan/stripe/"
    yield mine
    server.shutdown()
    server.server_close()


def until(true: Any) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_every_event_is_signed_and_has_the_shape_of_its_kind(shop: Shop) -> None:
    shop.account.pay(shop.checkout().id)
    shop.account.fail_next()
    shop.account.advance(days=33)
    shop.api.customers.update(shop.customer.id, {"phone": "0711"})
    told = shop.account.take()
    assert len({one.kind for one in told}) >= 18
    for one in told:
        event = stripe.Webhook.construct_event(one.payload, one.signature, shop.account.secret)
        assert event.id == one.event["id"]
        assert list(faults(one.event)) == []
        assert list(faults(one.event["data"]["object"])) == []
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(one.payload + " ", one.signature, shop.account.secret)
    assert shop.account.take() == []
    newest = shop.api.events.list({"type": "customer.updated"}).data[0]
    assert newest.data.previous_attributes is not None
    assert newest.data.previous_attributes.to_dict() == {"phone": None}
    assert shop.api.events.retrieve(newest.id).type == "customer.updated"
    assert shop.api.events.list({"types": ["invoice.*"], "limit": 100}).data[0].type.startswith("invoice.")


def test_each_endpoint_has_its_own_secret_and_choice(shop: Shop, ear: Ear) -> None:
    made = shop.api.webhook_endpoints.create({"url": ear.url, "enabled_events": ["product.created"]})
    assert made.secret is not None
    assert "secret" not in shop.api.webhook_endpoints.retrieve(made.id).to_dict()
    shop.account.take()
    shop.api.products.create({"name": "Lain"})
    shop.api.customers.create({"name": "Lain"})
    first, second, third = shop.account.take()
    assert [one.kind for one in (first, second, third)] == ["product.created", "product.created", "customer.created"]
    theirs = next(one for one in (first, second) if one.url == ear.url)
    stripe.Webhook.construct_event(theirs.payload, theirs.signature, made.secret)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(theirs.payload, theirs.signature, shop.account.secret)
    with pytest.raises(stripe.InvalidRequestError, match="this machine only"):
        shop.api.webhook_endpoints.create({"url": "https://example.com/", "enabled_events": ["*"]})


def test_what_is_not_taken_comes_again_on_the_clock(shop: Shop, ear: Ear) -> None:
    shop.account.take()
    ear.status = 500
    made = shop.api.webhook_endpoints.create({"url": ear.url, "enabled_events": ["product.created"]})
    shop.account.switch(hold=False)
    shop.account.control("POST", "clock", freeze=True)
    shop.api.products.create({"name": "Lain"})
    until(lambda: len(ear.heard) == 1)
    time.sleep(0.3)
    assert len(ear.heard) == 1
    shop.account.advance(61)
    until(lambda: len(ear.heard) == 2)
    ear.status = 200
    shop.account.advance(301)
    until(lambda: len(ear.heard) == 3)
    shop.account.advance(days=3)
    time.sleep(0.3)
    assert ear.kinds() == ["product.created"] * 3
    assert len({body for body, _ in ear.heard}) == 1
    mine = [one for one in shop.account.deliveries() if one["endpoint"] == made.id]
    assert [(one["state"], one["attempts"]) for one in mine] == [("delivered", 3)]


def test_it_is_given_up_after_three_days(shop: Shop, ear: Ear) -> None:
    ear.status = 400
    shop.api.webhook_endpoints.create({"url": ear.url, "enabled_events": ["product.created"]})
    shop.api.products.create({"name": "Lain"})
    for _ in range(12):
        shop.account.flush()
    assert len(ear.heard) == 11
    ours = [one for one in shop.account.deliveries() if one["attempts"] == 11]
    assert {one["state"] for one in ours} == {"failed"}


@pytest.mark.parametrize(
    ("case", "switches", "heard"),
    [
        ("as they happened", {}, ["0", "1", "2", "3", "4"]),
        ("three times each", {"duplicate": 2}, [name for name in "01234" for _ in range(3)]),
        ("two are lost", {"drop_next": 2}, ["2", "3", "4"]),
        ("all are lost", {"drop": 1.0}, []),
    ],
)
def test_the_switches(shop: Shop, case: str, switches: dict[str, Any], heard: list[str]) -> None:
    shop.account.take()
    for number in range(5):
        shop.api.products.create({"name": str(number)})
    shop.account.switch(**switches)
    assert [one.event["data"]["object"]["name"] for one in shop.account.take()] == heard


def test_reordered_late_forged_and_stale(shop: Shop) -> None:
    shop.account.take()
    for number in range(30):
        shop.api.products.create({"name": str(number)})
    shop.account.switch(reorder=True)
    names = [one.event["data"]["object"]["name"] for one in shop.account.take()]
    assert sorted(names, key=int) == [str(number) for number in range(30)]
    assert names != sorted(names, key=int)
    shop.account.switch(reorder=False, forge=True)
    shop.api.products.create({"name": "palsu"})
    (forged,) = shop.account.take()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(forged.payload, forged.signature, shop.account.secret)
    shop.account.switch(forge=False, stale=True)
    shop.account.control("POST", "resend", event=forged.event["id"])
    (stale,) = shop.account.take()
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        stripe.Webhook.construct_event(stale.payload, stale.signature, shop.account.secret)
    shop.account.switch(stale=False, delay=3600, hold=False)
    shop.account.control("POST", "clock", freeze=True)
    shop.api.products.create({"name": "nanti"})
    time.sleep(0.3)
    assert [one["attempts"] for one in shop.account.deliveries()][-1] == 0
    shop.account.advance(3601)
    until(lambda: shop.account.deliveries()[-1]["attempts"] == 1)


def test_wrong_switches_and_clocks_are_refused(shop: Shop) -> None:
    for name, given in (("switches", {"colour": 1}), ("switches", {"duplicate": "two"}), ("clock", {"advance": -1})):
        with pytest.raises(Exception, match="400"):
            shop.account.control("POST", name, **given)
    with pytest.raises(Exception, match="404"):
        shop.account.control("POST", "nothing")


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path, ear: Ear) -> None:
    """Killed while a customer is made again and again; each that was answered is there, and each was told."""
    chance = seeded()
    with stripe_account(tmp_path / "account", endpoint=ear.url) as account:
        answered: list[str] = []
        for _ in range(rounds(30)):
            api = account.client.v1
            ended = threading.Event()

            def make(api: Any = api, ended: threading.Event = ended) -> None:
                while not ended.is_set():
                    try:
                        answered.append(api.customers.create({"name": "Made"}).id)
                    except stripe.APIConnectionError:
                        return

            maker = threading.Thread(target=make)
            maker.start()
            time.sleep(chance.uniform(0.05, 0.4))
            account.kill_and_restart()
            ended.set()
            maker.join()
        kept = [one.id for one in account.client.v1.customers.list({"limit": 100}).auto_paging_iter()]
        assert set(answered) <= set(kept)
        assert len(answered) > rounds(30)
        account.flush()
        told = [json.loads(body)["data"]["object"]["id"] for body, _ in ear.heard]
        assert set(kept) <= set(told)
        for body, signature in ear.heard:
            stripe.Webhook.construct_event(body, signature, account.secret)


def test_a_subscription_lives_on_after_a_kill(tmp_path: Path) -> None:
    with stripe_account(tmp_path / "account") as account:
        shop = Shop(account)
        account.pay(shop.checkout().id)
        account.advance(days=32)
        now = account.now()
        account.kill_and_restart()
        assert 0 <= account.now() - now < 10
        again = account.client.v1
        assert len(again.invoices.list().data) == 2
        account.advance(days=31)
        assert [one.status for one in again.invoices.list().data] == ["paid"] * 3
