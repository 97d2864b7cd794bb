"""A device agrees to one step of its owner, once; anything else is refused."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from tenant_apps.accounts.errors import PasskeyRefused, TooManyPasskeys
from tenant_apps.accounts.models import Passkey, PasskeyChallenge
from tenant_apps.accounts.services import passkeys
from tenant_apps.accounts.services.passkeys import begin_passkey, begin_step, confirm, save_passkey, step_of
from tenant_apps.bank_sampah.models import Withdrawal
from tenant_apps.bank_sampah.services import forget_pin
from tenant_apps.orders.models import Order
from tenant_apps.orders.services.carting import put_in_cart
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tenants.identity.passkeys import Site
from tenants.kernel import clock
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import Cast, browser_of
from tests.tenant_apps.accounts.device import Device
from tests.tenant_apps.bank_sampah.bank import Bank, open_bank
from tests.tenant_apps.bank_sampah.test_spending import offer
from tests.tenant_apps.orders.desk import at_once
from tests.tenant_apps.orders.test_checkout_page import PAY, hidden

HOST = host_of_slug("kalidoni").partition(":")[0]
SITE = Site(HOST, f"https://{HOST}", "WARSA")
ASK = "/akun/kunci-sandi/tantangan/"
STEP = "a" * 64


def registered(user: User, **more: Any) -> Device:
    device = Device(HOST, SITE.origin, **more)
    save_passkey(user=user, site=SITE, name="HP", answer=device.make(begin_passkey(user=user, site=SITE)))
    return device


def asked(user: User, step: str = STEP) -> dict[str, Any]:
    return begin_step(user=user, site=SITE, step=step)


def agrees(user: User, answer: str, *, step: str = STEP, site: Site = SITE) -> bool:
    try:
        return confirm(user=user, site=site, step=step, answer=answer).user_id == user.pk
    except PasskeyRefused:
        return False


def test_a_device_agrees_once_to_one_step(market: Cast) -> None:
    device = registered(market.ratna)
    answer = device.agree(asked(market.ratna))
    assert not agrees(market.ratna, answer, step="b" * 64)
    assert not agrees(market.hasan, answer)
    assert agrees(market.ratna, answer)
    assert not agrees(market.ratna, answer)
    told = OutboxMessage.objects.filter(dedupe__startswith="passkey.")
    assert "HP" in str(told.get().payload)


def test_nobody_verified_is_nobody(market: Cast) -> None:
    device = registered(market.ratna)
    device.verifies = False
    assert not agrees(market.ratna, device.agree(asked(market.ratna)))
    with pytest.raises(PasskeyRefused):
        registered(market.hasan, verifies=False)


def test_another_site_another_key_and_another_person_are_refused(market: Cast) -> None:
    device = registered(market.ratna)
    registered(market.hasan)
    other = Site("lombok.localhost", "https://lombok.localhost", "WARSA")
    assert not agrees(market.ratna, device.agree(asked(market.ratna)), site=other)
    device.origin = "https://kalidoni.example"
    assert not agrees(market.ratna, device.agree(asked(market.ratna)))
    device.origin, device.host = SITE.origin, "kalidoni.example"
    assert not agrees(market.ratna, device.agree(asked(market.ratna)))
    stranger = Device(HOST, SITE.origin, name=device.name)
    assert not agrees(market.ratna, stranger.agree(asked(market.ratna)))
    with pytest.raises(PasskeyRefused):
        begin_step(user=market.budi, site=SITE, step=STEP)


def test_a_device_that_counts_backwards_is_a_copy(market: Cast) -> None:
    device = registered(market.ratna, count=7, step=1)
    assert agrees(market.ratna, device.agree(asked(market.ratna)))
    device.count -= 1
    assert not agrees(market.ratna, device.agree(asked(market.ratna)))
    device.count = -1
    assert not agrees(market.ratna, device.agree(asked(market.ratna)))


def test_a_question_runs_out(market: Cast) -> None:
    device = registered(market.ratna)
    answer = device.agree(asked(market.ratna))
    PasskeyChallenge.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert not agrees(market.ratna, answer)
    asked(market.ratna)
    assert PasskeyChallenge.objects.filter(user=market.ratna).count() == 1


@pytest.mark.parametrize("odd", ["", "x", "[]", "{}", "null", '{"id": 1}', "[" * 5_000, '{"id":"\\ud800"}', "\x00"])
def test_strange_answers_are_refused(market: Cast, odd: str) -> None:
    registered(market.ratna)
    assert not agrees(market.ratna, odd)
    with pytest.raises(PasskeyRefused):
        save_passkey(user=market.ratna, site=SITE, name="", answer=odd)


def test_a_device_is_registered_once_and_not_without_end(market: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    device = registered(market.ratna)
    with pytest.raises(PasskeyRefused):
        save_passkey(
            user=market.hasan, site=SITE, name="", answer=device.make(begin_passkey(user=market.hasan, site=SITE))
        )
    monkeypatch.setattr(passkeys, "MOST_PASSKEYS", 1)
    with pytest.raises(TooManyPasskeys):
        begin_passkey(user=market.ratna, site=SITE)


def test_the_step_is_all_that_a_form_says() -> None:
    form = QueryDict("line=1:2:3&line=4:5:6&pay=savings&pin=1&passkey=x&csrfmiddlewaretoken=y")
    assert step_of("/a/", form) == step_of("/a/", QueryDict("pay=savings&line=1:2:3&line=4:5:6"))
    for other in ("line=1:2:4&line=4:5:6&pay=savings", "line=4:5:6&line=1:2:3&pay=savings", "pay=savings"):
        assert step_of("/a/", QueryDict(other)) != step_of("/a/", form)
    assert step_of("/b/", form) != step_of("/a/", form)


def test_one_answer_at_the_same_moment_counts_once(committed: None, market: Cast, kalidoni: Region) -> None:
    device = registered(market.ratna)
    answer = device.agree(asked(market.ratna))
    again = partial(confirm, user=market.ratna, site=SITE, step=STEP, answer=answer)
    assert at_once(kalidoni, [again] * 6).count("done") == 1


# The pages -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def saver(market: Cast) -> Bank:
    bank = offer(open_bank(market))
    bank.weigh({"PL-01": 20_000})
    put_in_cart(key=market.ratna.public_id, warung=market.warung, pack_id=market.kilo.pk, quantity=2)
    return bank


def at_page(client: Client, user: User, password: str = "") -> Device:
    """Ratna adds this device on her account page."""
    user.set_password("sawah-hijau-2026")
    user.save()
    client.force_login(user)
    begun = client.post("/akun/kunci-sandi/mulai/", {"password": password or "sawah-hijau-2026"}, secure=True)
    assert begun.status_code == (403 if password else 200)
    device = Device(HOST, SITE.origin)
    if not password:
        saved = client.post(
            "/akun/kunci-sandi/simpan/", {"name": "HP", "passkey": device.make(begun.json())}, secure=True
        )
        assert saved.status_code == 302
    return device


def test_the_account_page_adds_and_deletes(market: Cast) -> None:
    ratna = browser_of(market.ratna)
    at_page(ratna, market.ratna, password="salah")
    at_page(ratna, market.ratna)
    assert "HP" in ratna.get("/akun/kunci-sandi/", secure=True).content.decode()
    assert ratna.post("/akun/kunci-sandi/simpan/", {"passkey": "x"}, secure=True).status_code == 403
    own = Passkey.objects.get()
    browser_of(market.hasan).post(f"/akun/kunci-sandi/{own.public_id}/hapus/")
    assert Passkey.objects.exists()
    ratna.post(f"/akun/kunci-sandi/{own.public_id}/hapus/", secure=True)
    assert not Passkey.objects.exists()


def test_an_order_and_a_payout_are_paid_with_a_passkey_instead_of_the_pin(saver: Bank) -> None:
    user = saver.cast.ratna
    ratna = browser_of(user)
    device = at_page(ratna, user)
    forget_pin(member=saver.member, by="x")
    text = ratna.get(PAY, secure=True).content.decode()
    assert 'data-passkey="get"' in text
    told = {"method": "pickup", "name": "Ratna", "pay": "savings", **hidden(text)}
    question = ratna.post(f"{ASK}?untuk={PAY}", told, secure=True).json()
    answer = device.agree(question)
    # Agreed to this order, and to no other one.
    other = ratna.post(PAY, {**told, "passkey": answer, "note": "lain"}, secure=True)
    assert (other.status_code, Order.objects.count()) == (409, 0)
    paid = ratna.post(PAY, {**told, "passkey": answer}, secure=True)
    assert (paid.status_code, saver.holds()) == (302, 41_000)
    tarik = f"/tabungan/{saver.book.public_id}/tarik/"
    wish = {"key": str(uuid.uuid4()), "amount": "10000", "way": "balance"}
    answer = device.agree(ratna.post(f"{ASK}?untuk={tarik}", wish, secure=True).json())
    more = ratna.post(tarik, {**wish, "amount": "40000", "passkey": answer}, secure=True)
    assert more.status_code == 403
    assert ratna.post(tarik, {**wish, "passkey": answer}, secure=True).status_code == 302
    assert (saver.holds(), Withdrawal.objects.count()) == (31_000, 2)
    # With neither, and by somebody who has none.
    assert ratna.post(tarik, wish, secure=True).status_code == 400
    refused = browser_of(saver.cast.budi).post(f"{ASK}?untuk={PAY}", told)
    assert (refused.status_code, bool(json.loads(refused.content)["reason"])) == (403, True)
