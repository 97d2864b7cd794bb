"""Guessing is braked for the guessed person alone; a session is worth nothing in another region."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region
from tenants.sessions import SessionStore

PASSWORD = "rahasia-besar"
MAX_FAILURES = 5


def person(region: Region, email: str, **more: object) -> User:
    with in_region(region):
        return User.objects.create_user(password=PASSWORD, email=email, name="Ratna", **more)


def sign_in(client: Client, host: str, login: str, password: str, **more: str) -> int:
    answer = client.post("/masuk/", {"login": login, "password": password, **more}, headers={"host": host}, secure=True)
    return int(answer.status_code)


def a_number() -> str:
    """A phone number of this test's own, for counters outlive a rolled back test."""
    return f"+62812{uuid.uuid4().int % 10**8:08}"


def test_the_sixth_guess_is_refused_and_others_at_that_place_are_not(kalidoni: Region) -> None:
    # The counter outlives a rolled back test, so the address is this test's own.
    ratna, hasan = f"{uuid.uuid4().hex}@example.test", f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, ratna)
    person(kalidoni, hasan)
    guesser = Client()
    for _ in range(MAX_FAILURES):
        assert sign_in(guesser, "kalidoni.localhost", ratna, "salah") == 400
    assert sign_in(guesser, "kalidoni.localhost", ratna, PASSWORD) == 400
    assert sign_in(Client(), "kalidoni.localhost", hasan, PASSWORD) == 302
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(elsewhere, "kalidoni.localhost", ratna, PASSWORD) == 302


def test_guessing_one_number_does_not_close_another(kalidoni: Region) -> None:
    ratna, hasan = a_number(), a_number()
    person(kalidoni, "", phone=ratna, phone_verified=True)
    person(kalidoni, "", phone=hasan, phone_verified=True)
    for _ in range(MAX_FAILURES + 1):
        assert sign_in(Client(), "kalidoni.localhost", ratna, "salah") == 400
    assert sign_in(Client(), "kalidoni.localhost", ratna, PASSWORD) == 400
    assert sign_in(Client(), "kalidoni.localhost", hasan, PASSWORD) == 302


@pytest.mark.parametrize("written", ["0{}", "62{}", "+62{}", "+62 {}", "0{}-"])
def test_a_number_is_known_however_it_is_written(kalidoni: Region, written: str) -> None:
    number = a_number()
    person(kalidoni, "", phone=number, phone_verified=True)
    assert sign_in(Client(), "kalidoni.localhost", written.format(number[3:]), PASSWORD) == 302


@pytest.mark.parametrize(
    "login", ["", "x", "0812", "@", "a@b", "a\x00@b.id", "٠٨١٢", "9" * 5_000, "ratna@example.test' OR 1=1 --"]
)
def test_nonsense_is_an_error_of_the_form(kalidoni: Region, login: str) -> None:
    assert sign_in(Client(), "kalidoni.localhost", login, PASSWORD) == 400


@pytest.mark.parametrize("password", ["", "x\x00y", "x" * 5_000])
def test_a_nonsense_password_is_one_too(kalidoni: Region, password: str) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email)
    assert sign_in(Client(), "kalidoni.localhost", email, password) == 400


def test_a_person_of_one_region_does_not_exist_in_another(kalidoni: Region, lombok: Region) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email)
    assert sign_in(Client(), "lombok.localhost", email, PASSWORD) == 400
    assert sign_in(Client(), "localhost", email, PASSWORD) == 400
    assert sign_in(Client(), "kalidoni.localhost", email.upper(), PASSWORD) == 302


def test_a_closed_account_stays_outside(kalidoni: Region) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email, is_active=False)
    client = Client()
    answer = client.post(
        "/masuk/",
        {"login": email, "password": PASSWORD},
        headers={"host": "kalidoni.localhost"},
        secure=True,
        follow=True,
    )
    assert "Akun ini ditutup" in answer.content.decode()
    assert not answer.wsgi_request.user.is_authenticated


@pytest.mark.parametrize(
    ("wanted", "goes"),
    [
        ("/pesanan/", "/pesanan/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("https://lombok.localhost/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_next_stays_within_the_site(kalidoni: Region, wanted: str, goes: str) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email)
    answer = Client().post(
        "/masuk/",
        {"login": email, "password": PASSWORD, "next": wanted},
        headers={"host": "kalidoni.localhost"},
        secure=True,
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, goes)


def test_signing_out_takes_a_post(kalidoni: Region) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email)
    client = Client(headers={"host": "kalidoni.localhost"})
    assert sign_in(client, "kalidoni.localhost", email, PASSWORD) == 302
    assert client.get("/keluar/", secure=True).status_code == 405
    assert client.get("/", secure=True).wsgi_request.user.is_authenticated
    assert client.post("/keluar/", secure=True).status_code == 302
    assert not client.get("/", secure=True).wsgi_request.user.is_authenticated


def test_the_platform_has_the_same_way_in_and_no_open_sign_up(platform: None) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    User.objects.create_user(password=PASSWORD, email=email, name="Operator")
    client = Client()
    assert sign_in(client, "localhost", email, "salah") == 400
    assert sign_in(client, "localhost", email, PASSWORD) == 302
    with on_platform():
        assert Session.objects.count() == 1
    # /daftar/ is the registration of regions there.
    assert "password1" not in client.get("/daftar/", headers={"host": "localhost"}, secure=True).content.decode()
    for path in ("/akun/", "/akun/nomor/kode/", "/akun/surel/kode/"):
        assert client.get(path, headers={"host": "localhost"}, secure=True).status_code == 404


@pytest.mark.parametrize("copy_the_row", [False, True])
def test_a_session_of_one_region_is_nobody_in_another(kalidoni: Region, lombok: Region, copy_the_row: bool) -> None:
    """Both regions have a person with the same id and password; even the stolen session row does not open the other."""
    email = f"{uuid.uuid4().hex}@example.test"
    ratna = person(kalidoni, email)
    with in_region(lombok):
        User.objects.create(pk=ratna.pk, email=email, password=ratna.password)
    client = Client()
    assert sign_in(client, "kalidoni.localhost", email, PASSWORD) == 302
    with in_region(kalidoni):
        row = Session.objects.get()
        assert SessionStore(row.session_key)[SESSION_KEY] == str(ratna.pk)
    if copy_the_row:
        with in_region(lombok):
            Session.objects.create(
                session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date
            )
    home = client.get("/", headers={"host": "kalidoni.localhost"}, secure=True)
    with in_region(kalidoni):
        assert home.wsgi_request.user.pk == ratna.pk
    elsewhere = client.get("/", headers={"host": "lombok.localhost"}, secure=True)
    with in_region(lombok):
        assert not elsewhere.wsgi_request.user.is_authenticated
