"""A new password by a code, to a number or an address, and no hint of whether anybody has it."""

from __future__ import annotations

import pytest
import time_machine

from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region
from tests.tenant_apps.accounts.doors import PASSWORD, Door, a_number, an_address, code_to, messages_to, words

NEW = "sandi-baru-11"


def ratna(**more: object) -> User:
    return User.objects.create_user(password=PASSWORD, name="Ratna", **more)


def ask(door: Door, login: str) -> None:
    answer = door.post("/lupa-sandi/", login=login)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/lupa-sandi/kode/")


@pytest.mark.parametrize("by", ["number", "address"])
def test_the_code_sets_a_new_password_and_ends_other_sessions(kalidoni: Region, by: str) -> None:
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        user = ratna(phone=number, phone_verified=True, email=email)
        elsewhere = Door(user=user)
        assert elsewhere.signed_in
        door, login = Door(), number if by == "number" else email
        ask(door, login)
        assert login in words(door.get("/lupa-sandi/kode/"))
        code = code_to(login)
        assert len(code) == 8
        assert door.post("/lupa-sandi/kode/", code=code).headers["Location"] == "/lupa-sandi/baru/"
        assert door.post("/lupa-sandi/baru/", password1="12345678").status_code == 200
        assert door.post("/lupa-sandi/baru/", password1=NEW).headers["Location"] == "/"
        assert door.user == user
        assert not elsewhere.signed_in
        assert Door().post("/masuk/", login=login, password=NEW).status_code == 302
        assert Door().post("/masuk/", login=login, password=PASSWORD).status_code == 400
        # Used up.
        assert door.post("/lupa-sandi/baru/", password1="sandi-lain-12").status_code == 302
        assert Door().post("/masuk/", login=login, password="sandi-lain-12").status_code == 400


@pytest.mark.parametrize("by", ["number", "address"])
def test_an_address_that_nobody_has_looks_the_same(kalidoni: Region, by: str) -> None:
    login = a_number() if by == "number" else an_address()
    with in_region(kalidoni):
        door = Door()
        ask(door, login)
        assert messages_to(login) == []
        assert login in words(door.get("/lupa-sandi/kode/"))
        for expected in (200, 200, 302):
            assert door.post("/lupa-sandi/kode/", code="").status_code in (200, expected)
        assert door.post("/lupa-sandi/baru/", password1=NEW).status_code == 302
        assert not door.signed_in


def test_the_new_password_waits_for_the_code(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        ratna(phone=number, phone_verified=True)
        door = Door()
        ask(door, number)
        assert door.post("/lupa-sandi/baru/", password1=NEW).headers["Location"] == "/lupa-sandi/kode/"
        wrong = "00000000" if code_to(number) != "00000000" else "11111111"
        for expected in (200, 200, 302):
            assert door.post("/lupa-sandi/kode/", code=wrong).status_code == expected
        door.post("/lupa-sandi/kode/", code=code_to(number))
        door.post("/lupa-sandi/baru/", password1=NEW)
        assert Door().post("/masuk/", login=number, password=NEW).status_code == 400


def test_the_code_ends_after_ten_minutes(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni), time_machine.travel("2026-11-24T12:00Z", tick=False) as moment:
        ratna(phone=number, phone_verified=True)
        door = Door()
        ask(door, number)
        moment.shift(601)
        assert door.post("/lupa-sandi/kode/", code=code_to(number)).headers["Location"] == "/masuk/"


def test_one_number_gets_five_codes_an_hour(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        ratna(phone=number, phone_verified=True)
        for nth in range(6):
            assert Door().post("/lupa-sandi/", login=number).status_code == (302 if nth < 5 else 429)
        assert len(messages_to(number)) == 5
        assert Door().post("/lupa-sandi/", login=a_number()).status_code == 302


def test_a_closed_account_gets_no_code(kalidoni: Region) -> None:
    number = a_number()
    with in_region(kalidoni):
        ratna(phone=number, phone_verified=True, is_active=False)
        ask(Door(), number)
        assert messages_to(number) == []


def test_the_code_proves_the_address_of_whoever_had_proven_none(kalidoni: Region) -> None:
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        Door().post("/daftar/", name="Ratna", phone="", email=email, password1=PASSWORD)
        Door().post("/daftar/", name="Siti", phone=number, email="", password1=PASSWORD)
        for login in (email, number):
            door = Door()
            ask(door, login)
            door.post("/lupa-sandi/kode/", code=code_to(login))
            door.post("/lupa-sandi/baru/", password1=NEW)
            assert door.signed_in
        assert User.objects.get(name="Ratna").email == email
        assert User.objects.get(name="Siti").phone_verified


def test_an_address_that_waits_beside_a_proven_number_gets_no_code(kalidoni: Region) -> None:
    """Made proved his number and typed Ratna's address: whoever asks there must not end in his account."""
    number, email = a_number(), an_address()
    with in_region(kalidoni):
        made = Door()
        made.post("/daftar/", name="Made", phone=number, email=email, password1=PASSWORD)
        made.post("/akun/nomor/kode/", code=code_to(number))
        assert made.signed_in
        ask(Door(), email)
        assert messages_to(email) == []


@pytest.mark.parametrize("login", ["", "x", "0812", "a@b", "a\x00@b.id", "9" * 5_000])
def test_nonsense_is_an_error_of_the_form(kalidoni: Region, login: str) -> None:
    with in_region(kalidoni):
        answer = Door().post("/lupa-sandi/", login=login)
        assert answer.status_code == 200 and "login" in answer.context["form"].errors


def test_operators_have_the_same_way(platform: None) -> None:
    email = an_address()
    user = ratna(email=email)
    door = Door(slug="")
    ask(door, email)
    with on_platform():
        assert "Kode Anda untuk kata sandi baru di WARSA" in messages_to(email)[0]
        code = code_to(email)
    door.post("/lupa-sandi/kode/", code=code)
    door.post("/lupa-sandi/baru/", password1=NEW)
    assert door.user == user


def test_changing_the_password_asks_for_the_present_one(kalidoni: Region) -> None:
    with in_region(kalidoni):
        user = ratna(email=an_address())
        door, elsewhere = Door(user=user), Door(user=user)
        assert Door().get("/akun/sandi/").headers["Location"] == "/masuk/?next=/akun/sandi/"
        answer = door.post("/akun/sandi/", oldpassword="salah", password1=NEW)
        assert "Ini bukan kata sandi Anda yang sekarang" in words(answer)
        assert door.post("/akun/sandi/", oldpassword=PASSWORD, password1=NEW).headers["Location"] == "/akun/"
        assert door.signed_in and not elsewhere.signed_in
        user.refresh_from_db()
        assert user.check_password(NEW)
