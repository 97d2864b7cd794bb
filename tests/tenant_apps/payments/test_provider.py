"""QRIS through the provider: what it is asked, and what it tells, in every order, doubled, late, lost or forged."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tenant_apps.payments.models import Method, Payment, PaymentEvent, PaymentIssue, PaymentState, Verdict
from tenant_apps.payments.providers.midtrans import whole_rupiah
from tenant_apps.payments.services import confirm_received, expire_due, release_payment, settle
from tenant_apps.payments.services.events import order_id_of
from tenant_apps.payments.tasks import apply_waiting, ask_about_silent
from tenants.context import in_region
from tenants.kernel import clock
from tenants.kernel.errors import NotAllowed
from tenants.models import Region
from tenants.outbox.services import MAX_ATTEMPTS, sweep
from tests.cast import BY, Cast, browser_of
from tests.standins.midtrans import Charged, MidtransStandIn, Switches
from tests.tenant_apps.payments.purse import (
    CALLS,
    WEBHOOK,
    balances,
    bill,
    notify,
    now_of,
    owe,
    picture,
    rows_of_everything,
    top_up,
    work_off,
)


def test_from_the_code_to_the_warung(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    assert payment.payload.startswith("000201") and payment.provider_reference == order_id_of(payment)
    assert notify(provider.told()) == [200]
    assert now_of(payment).state == PaymentState.PENDING
    provider.pay(order_id_of(payment))
    assert notify(provider.told()) == [200]
    assert (now_of(payment).state, CALLS) == (PaymentState.PAID, ["paid 7KQ4MP"])
    assert balances(market) == {"provider:midtrans": 14_500, "region:held": 14_500}
    settle(payment=payment, goods=14_500, delivery=0, by=BY)
    assert balances(market) == {"provider:midtrans": 14_500, "payable": 14_500, "claim": 14_500, "sales": 14_500}
    assert list(PaymentEvent.objects.values_list("verdict", flat=True)) == [Verdict.NOTHING, Verdict.MONEY]


def pays(account: MidtransStandIn, order_id: str) -> None:
    account.pay(order_id)


def pays_short(account: MidtransStandIn, order_id: str) -> None:
    account.pay(order_id, 14_000)


def pays_over(account: MidtransStandIn, order_id: str) -> None:
    account.pay(order_id, 15_000)


def expires(account: MidtransStandIn, order_id: str) -> None:
    account.end(order_id, "expire")


def is_denied(account: MidtransStandIn, order_id: str) -> None:
    account.end(order_id, "deny")


def goes_back_in_part(account: MidtransStandIn, order_id: str) -> None:
    account.refund_at_dashboard(order_id, 4_500, "first")


def goes_back_whole(account: MidtransStandIn, order_id: str) -> None:
    charge = account.charges[order_id]
    left = charge.amount - sum(one["amount"] for one in charge.refunds)
    account.refund_at_dashboard(order_id, left, "second")


Happening = Callable[[MidtransStandIn, str], None]
EXPIRED_AND_PAID = "expired, paid all the same"
STORIES: dict[str, list[Happening]] = {
    "paid": [pays],
    "short": [pays_short],
    "over": [pays_over],
    "expired": [expires],
    "denied": [is_denied],
    "paid, back in part": [pays, goes_back_in_part],
    "paid, back whole": [pays, goes_back_whole],
    "paid, back in two parts": [pays, goes_back_in_part, goes_back_whole],
    EXPIRED_AND_PAID: [expires, pays],
}


@contextmanager
def taken_back() -> Iterator[None]:
    """What happens here has not happened. A savepoint and no atomic block: requests bind regions in between."""
    before = transaction.savepoint()
    yield
    transaction.savepoint_rollback(before)
    transaction.set_rollback(False)
    CALLS.clear()


def told_live(market: Cast, account: MidtransStandIn, story: list[Happening]) -> tuple[dict[str, Any], list[bytes]]:
    """The orderly run: each notification as it happens. Taken back afterwards; the notifications are given."""
    said: list[bytes] = []
    found: dict[str, Any] = {}
    with taken_back():
        payment = Payment.objects.get(reference="bill:7KQ4MP")
        said += account.told()
        notify(said)
        for happens in story:
            happens(account, order_id_of(payment))
            news = account.told()
            said += news
            notify(news)
        found = picture(market, payment)
    return found, said


@pytest.mark.parametrize("name", STORIES)
def test_any_order_and_any_number_of_times_end_alike(market: Cast, provider: MidtransStandIn, name: str) -> None:
    payment = bill(market)
    wanted, said = told_live(market, provider, STORIES[name])
    if name == EXPIRED_AND_PAID:
        # In order this is late money, since we ended the order at the first word. Told afterwards, the provider says that it
        # is paid while the order still waits: so among themselves these agree, and differ from the orderly run.
        assert wanted["payment"][0] == PaymentState.EXPIRED
        with taken_back():
            notify(said)
            wanted = picture(market, payment)
        assert wanted["payment"][0] == PaymentState.PAID
    for order in permutations(said):
        for doubled in ([*order], [*order, *order], [one for one in order for _ in range(2)]):
            with taken_back():
                assert set(notify(doubled)) == {200}
                assert picture(market, payment) == wanted, f"{name}: {order}"


FORGERIES: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "no signature": lambda said: {k: v for k, v in said.items() if k != "signature_key"},
    "another key": lambda said: {**said, "signature_key": hashlib.sha512(b"x").hexdigest()},
    "a signature that is no text": lambda said: {**said, "signature_key": 7},
    "another amount": lambda said: {**said, "gross_amount": "1.00"},
    "an amount that is a number": lambda said: {**said, "gross_amount": 14500},
    "another order": lambda said: {**said, "order_id": said["order_id"][:-1] + "2"},
    "a paid word on a pending code": lambda said: {**said, "transaction_status": "settlement"},
    "not a word of theirs": lambda said: {**said, "transaction_status": "\x00"},
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_notification_writes_nothing(market: Cast, provider: MidtransStandIn, name: str) -> None:
    bill(market)
    pending = json.loads(provider.told()[0])
    before = rows_of_everything()
    assert notify([json.dumps(FORGERIES[name](pending)).encode()]) == [403]
    assert (rows_of_everything(), CALLS) == (before, [])


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", 403), (b"[]", 403), (b"{", 403), (b"\xff\xfe", 403), (b"[" * 40_000, 403), (b"x" * 65_537, 413)],
)
def test_nonsense_writes_nothing(market: Cast, provider: MidtransStandIn, body: bytes, code: int) -> None:
    before = rows_of_everything()
    assert notify([body]) == [code]
    assert rows_of_everything() == before


def test_another_regions_notification_writes_nothing_in_either(
    market: Cast, provider: MidtransStandIn, lombok: Region, kalidoni: Region, settings: Any
) -> None:
    """Lombok has an account of its own, or even the same one: a charge of Kalidoni's is nothing there."""
    payment = bill(market)
    provider.pay(order_id_of(payment))
    said = provider.told()
    before = rows_of_everything()
    with in_region(lombok):
        there = rows_of_everything()
    for keys, code in (
        ({}, 404),
        ({str(lombok.public_id): "lombok-key"}, 403),
        ({str(lombok.public_id): "SB-Mid-server-kalidoni"}, 403),
    ):
        settings.MIDTRANS_SERVER_KEYS = keys
        client = browser_of(None, "lombok")
        assert {client.post(WEBHOOK, one, content_type="application/json").status_code for one in said} == {code}
        with in_region(lombok):
            assert rows_of_everything() == there
    assert (rows_of_everything(), now_of(payment).state) == (before, PaymentState.PENDING)
    assert browser_of(None).get(WEBHOOK).status_code == 405


@pytest.mark.parametrize("way", [Method.CASH, Method.BALANCE])
def test_signed_money_for_what_the_provider_does_not_collect_writes_nothing(
    market: Cast, provider: MidtransStandIn, way: Method
) -> None:
    """Somebody with the key speaks of an order that is paid in another way: it stays as it is."""
    top_up(market.ratna, 14_500)
    payment = owe(market, way, 14_500)
    work_off()
    order_id = order_id_of(payment)
    provider.charges[order_id] = Charged(order_id, 14_500)
    provider.pay(order_id)
    before, stood = rows_of_everything(), picture(market, payment)
    assert notify(provider.told()) == [403]
    assert (rows_of_everything(), picture(market, payment)) == (before, stood)


def test_what_only_we_can_have_charged_and_have_not_is_looked_at(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    lost = order_id_of(payment).replace(payment.public_id.hex, "0" * 32)
    provider.charges[lost] = provider.charges[order_id_of(payment)].__class__(lost, 9_000)
    provider.pay(lost)
    assert notify(provider.told()) == [200, 200]
    assert list(PaymentIssue.objects.values_list("kind", "next_step", "amount")) == [("unknown", "ask_provider", 9_000)]
    assert balances(market) == {}


def test_a_lost_notification_is_asked_for(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    provider.switches = Switches(drop=frozenset({"pending", "settlement"}))
    provider.pay(order_id_of(payment))
    assert provider.told() == []
    ask_about_silent()
    work_off()
    assert now_of(payment).state == PaymentState.PENDING
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        ask_about_silent()
        work_off()
    assert (now_of(payment).state, CALLS) == (PaymentState.PAID, ["paid 7KQ4MP"])


def test_an_event_that_was_kept_is_applied_later(
    market: Cast, provider: MidtransStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = bill(market)
    provider.pay(order_id_of(payment))
    provider.switches = Switches(drop=frozenset({"pending"}))

    def killed(*args: object, **more: object) -> None:
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr("tenant_apps.payments.views.webhook.apply_event", killed)
        assert notify(provider.told()) == [200]
    assert (now_of(payment).state, PaymentEvent.objects.filter(applied_at=None).count()) == (PaymentState.PENDING, 1)
    for _again in range(2):
        apply_waiting()
    assert (now_of(payment).state, CALLS) == (PaymentState.PAID, ["paid 7KQ4MP"])


def test_late_money_goes_to_the_balance_and_the_order_stays_ended(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    order_id = order_id_of(payment)
    provider.told()
    with time_machine.travel(clock.now() + timedelta(minutes=31)):
        assert (expire_due(), expire_due()) == (1, 0)
        provider.pay(order_id)
        work_off()
        assert notify(provider.told() * 2) == [200, 200]
    now = now_of(payment)
    assert (now.state, now.paid, now.refunded, CALLS) == (PaymentState.EXPIRED, 14_500, 14_500, ["expired 7KQ4MP"])
    assert balances(market) == {"provider:midtrans": 14_500, "ratna:balance": 14_500}
    assert list(PaymentIssue.objects.values_list("kind", "next_step", "amount")) == [("late", "tell_payer", 14_500)]


def test_an_ended_code_is_ended_at_the_provider_too(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    release_payment(payment=payment, by=BY, reason="no longer wanted")
    work_off()
    assert provider.charges[order_id_of(payment)].status == "expire"
    assert notify(provider.told()) == [200, 200]
    assert (now_of(payment).state, balances(market)) == (PaymentState.CANCELLED, {})


def test_paid_in_cash_and_then_by_the_code_is_paid_twice(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    provider.pay(order_id_of(payment))
    settle(payment=payment, goods=14_500, delivery=0, by=BY)
    notify(provider.told())
    found = balances(market)
    assert (found["cash"], found["ratna:balance"], found["provider:midtrans"], found["sales"]) == (14_500,) * 4
    assert list(PaymentIssue.objects.values_list("kind", "next_step", "amount")) == [("doubled", "tell_payer", 14_500)]
    assert now_of(payment).state == PaymentState.SETTLED


def test_an_answer_that_is_lost_charges_anew_and_ends_the_first(market: Cast, provider: MidtransStandIn) -> None:
    """The provider made the charge, its answer did not arrive, and its code is in that answer."""
    provider.mute = 1
    payment = bill(market)
    assert payment.payload == ""
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        work_off()
    first, second = order_id_of(payment, 1), order_id_of(payment, 2)
    assert (now_of(payment).provider_reference, provider.charges[first].status) == (second, "expire")
    provider.switches = Switches(times=2)
    provider.pay(second)
    assert set(notify(provider.told())) == {200}
    assert (now_of(payment).state, now_of(payment).paid, CALLS) == (PaymentState.PAID, 14_500, ["paid 7KQ4MP"])


def test_money_for_a_code_that_is_not_shown_is_asked_about(market: Cast, provider: MidtransStandIn) -> None:
    """Its first try was ended: what is said of it moves nothing until the provider itself says so."""
    provider.mute = 1
    payment = bill(market)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        work_off()
    first = order_id_of(payment, 1)
    provider.pay(first)
    said = provider.told()[-1]
    provider.charges[first].status = "expire"
    assert notify([said]) == [200]
    assert (now_of(payment).state, now_of(payment).paid, CALLS) == (PaymentState.PENDING, 0, [])


def test_two_charges_of_one_payment_that_are_both_paid(market: Cast, provider: MidtransStandIn) -> None:
    provider.mute = 1
    payment = bill(market)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        work_off()
    for attempt in (1, 2):
        provider.pay(order_id_of(payment, attempt))
    notify(provider.told() * 2)
    now = now_of(payment)
    assert (now.state, now.paid, now.refunded) == (PaymentState.PAID, 29_000, 14_500)
    assert balances(market) == {"provider:midtrans": 29_000, "region:held": 14_500, "ratna:balance": 14_500}
    assert list(PaymentIssue.objects.values_list("kind", flat=True)) == ["doubled"]


@pytest.mark.parametrize("said", [{"gross_amount": "14501.00"}, {"order_id": "other-1"}, {"gross_amount": "14.500"}])
def test_a_code_for_another_amount_or_order_is_shown_to_nobody(
    market: Cast, provider: MidtransStandIn, said: dict[str, str]
) -> None:
    provider.mixed_up = said
    payment = bill(market)
    assert (payment.payload, payment.state, CALLS) == ("", PaymentState.EXPIRED, ["expired 7KQ4MP"])


def test_a_status_of_another_order_moves_nothing(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    provider.pay(order_id_of(payment))
    provider.queue.clear()
    provider.mixed_up = {"order_id": order_id_of(payment, 2)}
    with time_machine.travel(clock.now() + timedelta(minutes=6)):
        ask_about_silent()
        work_off()
    assert (now_of(payment).state, balances(market), CALLS) == (PaymentState.PENDING, {}, [])


def test_a_provider_that_refuses_ends_the_payment(market: Cast, provider: MidtransStandIn) -> None:
    provider.refuses_charges = True
    payment = bill(market)
    assert (payment.state, CALLS) == (PaymentState.EXPIRED, ["expired 7KQ4MP"])


def test_given_back_after_it_went_to_the_balance_is_owed_to_the_region(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    provider.pay(order_id_of(payment))
    notify(provider.told())
    release_payment(payment=payment, by=BY, reason="called off")
    provider.refund_at_dashboard(order_id_of(payment), 14_500)
    notify(provider.told() * 2)
    assert balances(market) == {"ratna:balance": 14_500, "region:overpaid": 14_500}
    assert list(PaymentIssue.objects.values_list("kind", "amount")) == [("outside", 14_500)]


def test_nobody_known_gets_it_back_through_the_provider(market: Cast, provider: MidtransStandIn) -> None:
    from tenant_apps.payments.services import open_payment

    payment = open_payment(
        reference="bill:C1", payer=None, warung=market.warung, method="qris", amount=10_000, expires_at=None, by=BY
    )
    work_off()
    provider.pay(order_id_of(payment))
    notify(provider.told())
    release_payment(payment=payment, by=BY, reason="called off")
    work_off()
    notify(provider.told() * 2)
    assert [one["amount"] for one in provider.charges[order_id_of(payment)].refunds] == [10_000]
    assert (now_of(payment).state, balances(market), PaymentIssue.objects.count()) == (PaymentState.REFUNDED, {}, 0)


@pytest.mark.parametrize("how", ["refuses", "is silent to the last"])
def test_a_refund_that_the_provider_does_not_carry_out_is_done_by_hand(
    market: Cast, provider: MidtransStandIn, how: str
) -> None:
    from tenant_apps.payments.services import open_payment

    provider.refuses_refunds = how == "refuses"
    payment = open_payment(
        reference="bill:C1", payer=None, warung=market.warung, method="qris", amount=10_000, expires_at=None, by=BY
    )
    work_off()
    provider.pay(order_id_of(payment))
    notify(provider.told())
    release_payment(payment=payment, by=BY, reason="called off")
    if how != "refuses":
        for attempt in range(MAX_ATTEMPTS):
            provider.broken = 1
            with time_machine.travel(clock.now() + timedelta(hours=7 * attempt)):
                sweep(quiet=timedelta(0))
                assert PaymentIssue.objects.exists() == (attempt == MAX_ATTEMPTS - 1)
    work_off()
    assert list(PaymentIssue.objects.values_list("kind", "next_step")) == [("by_hand", "ask_provider")]


def test_the_owner_confirms_nothing_that_the_provider_collects(market: Cast, provider: MidtransStandIn) -> None:
    payment = bill(market)
    with pytest.raises(NotAllowed):
        confirm_received(payment=payment, by=BY)
    assert now_of(payment).state == PaymentState.PENDING


def test_a_provider_that_is_down_is_asked_again(market: Cast, provider: MidtransStandIn) -> None:
    provider.broken = 1
    payment = bill(market)
    assert (payment.payload, payment.state) == ("", PaymentState.PENDING)
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        work_off()
    assert now_of(payment).payload


@pytest.mark.parametrize(
    ("text", "rupiah"),
    [
        ("14500.00", 14_500),
        ("14500", 14_500),
        ("14500.0", 14_500),
        ("9999999999999.00", 9_999_999_999_999),
        ("14500.50", None),
        ("14500.001", None),
        ("1e4", None),
        ("-5", None),
        ("١٤٥٠٠.00", None),
        ("14.500", None),
        ("", None),
        (14_500, None),
        (None, None),
    ],
)
def test_amounts_are_read_exactly(text: object, rupiah: int | None) -> None:
    assert whole_rupiah(text) == rupiah


def test_a_secret_is_shown_nowhere(market: Cast, provider: MidtransStandIn) -> None:
    from tenant_apps.payments.providers import active_provider

    assert provider.server_key not in repr(active_provider())
    page = browser_of(market.budi).get("/satker/pembayaran/")
    assert page.status_code == 200 and provider.server_key.encode() not in page.content
    owe(market, "qris")  # type: ignore[arg-type]
