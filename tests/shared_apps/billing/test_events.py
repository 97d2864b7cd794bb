"""Stripe's events: once each, in any order, of nobody but Stripe, and about nobody but the customer's own region."""

from __future__ import annotations

import json
import queue
import threading
import time
from typing import Any

import pytest
from django.db import connection
from django.db.utils import OperationalError

from shared_apps.billing.errors import StripeAway
from shared_apps.billing.models import Invoice, StripeEvent, Subscription
from shared_apps.billing.states import day_of
from shared_apps.billing.stripe import events, syncing
from shared_apps.billing.stripe.events import apply_waiting, sweep_events
from shared_apps.billing.tasks import apply_events
from tenants.context import on_platform
from tenants.models import Region
from tests.shared_apps.billing.account import DOOR, Story, pay_by_card, snapshot, tell, tell_in_order, wipe
from tests.shared_apps.billing.house import fresh, platform_client, stripe_signature, subscribed
from tests.standins.stripe import FAILS_LATER, StripeStandIn, Told
from tests.trials import rounds, seeded
from tests.world import admin

SETS = 200


def test_a_card_pays_and_its_invoice_is_ours(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    tell_in_order(account, customer)
    row, invoice = fresh(customer), Invoice.objects.get()
    assert (row.state, row.stripe_status, row.plan.code, row.interval) == ("active", "active", "kecamatan", "month")
    assert (invoice.number[:3], invoice.state, invoice.source) == ("INV", "paid", "card")
    assert (invoice.subtotal, invoice.tax, invoice.paid) == (250_000, 27_500, 277_500)
    assert row.card_until is not None and day_of(row.card_until) == invoice.lines.get().period_to


def test_a_failing_card_leaves_what_was_paid_and_no_more(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer, card=FAILS_LATER)
    tell_in_order(account, customer)
    covered = fresh(customer).card_until
    account.advance(days=32)
    tell_in_order(account, customer)
    row = fresh(customer)
    assert (row.stripe_status, row.card_until) == ("past_due", covered)
    assert [one.state for one in Invoice.objects.order_by("number")] == ["paid", "open"]


def test_what_comes_twice_is_kept_once(account: StripeStandIn, customer: Subscription) -> None:
    pay_by_card(account, customer)
    told = account.take()
    for one in [*told, *told]:
        assert tell(one) == 200
    assert apply_waiting(customer) > 0
    after = snapshot(customer)
    for one in told:
        assert tell(one) == 200
    assert apply_waiting(customer) == 0
    assert snapshot(customer) == after
    assert len(after["events"]) == len({one.event["id"] for one in told if events.customer_of(one.event)})


def footprint() -> list[Any]:
    found: list[Any] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("billing_") or table == "outbox_outboxmessage":
                cursor.execute(
                    f"SELECT count(*), md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM public.{table} t"
                )
                found.append((table, *cursor.fetchone()))
    return found


@pytest.fixture
def paid(account: StripeStandIn, customer: Subscription) -> Told:
    """An event about the first invoice, not told yet."""
    pay_by_card(account, customer)
    return next(one for one in account.take() if one.kind == "invoice.paid")


def changed(told: Told, **what: Any) -> bytes:
    event = told.event
    event["data"]["object"] |= what.pop("thing", {})
    return json.dumps({**event, **what}).encode()


@pytest.mark.parametrize(
    "case",
    ["unsigned", "forged", "stale", "wrong endpoint", "live mode", "changed on its way", "no event", "not text", "an array",
     "stranger", "foreign metadata", "foreign parent", "foreign line", "foreign reference", "deep"],
)  # fmt: skip
def test_what_is_not_ours_is_refused_and_nothing_is_written(
    account: StripeStandIn, paid: Told, customer: Subscription, lombok: Region, case: str
) -> None:
    other = subscribed(lombok)
    foreign = {"region": str(lombok.public_id)}
    secret, now = account.secret, int(time.time())
    body = paid.payload.encode()
    signature: str | None = None
    if case == "unsigned":
        signature = ""
    elif case == "forged":
        secret = "whsec_guessed"
    elif case == "stale":
        now -= 301
    elif case == "wrong endpoint":
        secret = "whsec_of_another_endpoint_of_this_account"
    elif case == "live mode":
        body = changed(paid, livemode=True)
    elif case == "changed on its way":
        signature, body = paid.signature, changed(paid, thing={"amount_paid": 1})
    elif case == "no event":
        body = b'{"id": 1, "type": [], "data": {"object": 7}}'
    elif case == "not text":
        body = b"\xff\xfe{}"
    elif case == "an array":
        body = b"[]"
    elif case == "deep":
        body = b"[" * 100_000
    elif case == "stranger":
        body = changed(paid, thing={"customer": "cus_nobody"})
    elif case == "foreign metadata":
        body = changed(paid, thing={"metadata": foreign})
    elif case == "foreign parent":
        body = changed(paid, thing={"parent": {"subscription_details": {"metadata": foreign}}})
    elif case == "foreign line":
        body = changed(paid, thing={"lines": {"data": [{"metadata": foreign}]}})
    elif case == "foreign reference":
        thing = {"object": "checkout.session", "client_reference_id": str(other.public_id)}
        body = changed(paid, thing=thing)
    before = footprint()
    answer = platform_client().post(
        DOOR,
        body,
        content_type="application/json",
        headers={"Stripe-Signature": stripe_signature(body, secret, now) if signature is None else signature},
    )
    assert (answer.status_code, footprint()) == (400, before), case
    # The true one is taken all the same.
    assert tell(paid) == 200
    assert StripeEvent.objects.get().subscription == customer


def test_what_is_nobodys_is_taken_and_not_kept(account: StripeStandIn, customer: Subscription) -> None:
    account.client.v1.products.create({"name": "lain"})
    told = account.take()
    assert [one.kind for one in told] == ["product.created"]
    assert tell(told[0]) == 200
    assert StripeEvent.objects.count() == 0


def test_the_door_is_the_platforms_and_for_posts_alone(account: StripeStandIn, customer: Subscription) -> None:
    assert platform_client().get(DOOR).status_code == 405
    assert platform_client().post(DOOR, headers={"host": "kalidoni.localhost"}).status_code == 404
    too_long = platform_client().post(DOOR, b"x" * (513 * 1024), content_type="application/json")
    assert too_long.status_code == 413


class TestKilled:
    def test_before_the_event_was_kept(
        self, committed: None, account: StripeStandIn, customer: Subscription, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The web process dies before its commit: Stripe had no answer and comes again."""
        pay_by_card(account, customer)
        told = account.take()
        with monkeypatch.context() as patched:
            patched.setattr(apply_events, "on_commit", die, raising=False)
            with pytest.raises(OperationalError):
                tell(told[-1])
        connection.close()
        with on_platform():
            assert StripeEvent.objects.count() == 0
            assert {tell(one) for one in told} == {200}
            apply_waiting(customer)
            assert fresh(customer).state == "active"

    @pytest.mark.parametrize("place", ["_pay", "settle", "issue"])
    def test_while_it_was_applied(
        self,
        committed: None,
        account: StripeStandIn,
        customer: Subscription,
        monkeypatch: pytest.MonkeyPatch,
        place: str,
    ) -> None:
        """The worker dies with half of it written: nothing of it is there, and the next delivery completes it."""
        pay_by_card(account, customer)
        told = account.take()
        for one in told[:-1]:
            assert tell(one) == 200
        before = snapshot(customer)
        with monkeypatch.context() as patched:
            patched.setattr(syncing, place, die)
            with pytest.raises(OperationalError):
                apply_waiting(customer)
        connection.close()
        with on_platform():
            assert snapshot(customer) == before
            assert tell(told[-1]) == 200
            apply_waiting(customer)
            after = snapshot(customer)
            assert (after["subscription"][0], after["waiting"], len(after["invoices"])) == ("active", 0, 1)

    def test_the_sweep_finds_what_no_worker_heard_of(
        self, account: StripeStandIn, customer: Subscription, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from datetime import timedelta

        pay_by_card(account, customer)
        for one in account.take():
            tell(one)
        assert sweep_events() == 0
        assert sweep_events(quiet=timedelta()) > 0
        assert fresh(customer).state == "active"

    def test_while_stripe_is_away_events_wait(
        self, account: StripeStandIn, customer: Subscription, settings: Any
    ) -> None:
        pay_by_card(account, customer)
        for one in account.take():
            tell(one)
        settings.STRIPE_URL = "http://127.0.0.1:9"
        with pytest.raises(StripeAway):
            apply_waiting(customer)
        assert StripeEvent.objects.filter(applied_at=None, attempts=1).exists()
        settings.STRIPE_URL = account.url
        assert apply_waiting(customer) > 0


def die(*_args: Any, **_more: Any) -> None:
    """As kill -9 looks to the database: this very connection is gone."""
    with admin() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_any_order_any_number_of_times_by_two_at_once(
    committed: None, account: StripeStandIn, customer: Subscription
) -> None:
    """The end is that of the same events in order, whatever comes when."""
    rng = seeded()
    total = differing = 0
    for number in range(rounds(SETS)):
        wipe(customer)
        Subscription.objects.filter(pk=customer.pk).update(stripe_customer=None)
        account.reset()
        account.switch(hold=True)
        _forget_prices()
        story, told = Story(account, fresh(customer), rng), []
        names = []
        for name in story.steps(rng.randrange(1, 6)):
            names.append(name)
            told += tell_in_order(account, customer)
        in_order = snapshot(customer)
        assert in_order["waiting"] == 0
        wipe(customer)
        deliveries = told * 3
        rng.shuffle(deliveries)
        statuses = _by_two(deliveries, customer)
        assert set(statuses) == {200}, (number, names)
        shuffled = snapshot(customer)
        assert shuffled == in_order, (number, names)
        total += len(deliveries)
        differing += len(told)
    print(f"{rounds(SETS)} sets, {differing} events, {total} deliveries")


def _forget_prices() -> None:
    from shared_apps.billing.models import StripeCall, StripePrice

    StripePrice.objects.all().delete()
    StripeCall.objects.all().delete()


def _by_two(deliveries: list[Told], subscription: Subscription) -> list[int]:
    waiting: queue.SimpleQueue[Told] = queue.SimpleQueue()
    for one in deliveries:
        waiting.put(one)
    statuses: list[int] = []

    def work() -> None:
        client = platform_client()
        try:
            while True:
                one = waiting.get_nowait()
                statuses.append(tell(one, client))
                with on_platform():
                    apply_waiting(subscription)
        except queue.Empty:
            pass
        finally:
            connection.close()

    hands = [threading.Thread(target=work) for _hand in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return statuses
