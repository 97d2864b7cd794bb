"""Guessing is braked for the guessed address alone; a session is worth nothing in another region."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from tenants.context import in_region
from tenants.identity.forms import MAX_FAILURES
from tenants.identity.models import User
from tenants.models import Region
from tenants.sessions import SessionStore

PASSWORD = "rahasia-besar"


def person(region: Region, email: str) -> User:
    with in_region(region):
        return User.objects.create_user(password=PASSWORD, email=email, name="Ratna")


def sign_in(client: Client, host: str, email: str, password: str) -> int:
    answer = client.post("/masuk/", {"email": email, "password": password}, headers={"host": host}, secure=True)
    return int(answer.status_code)


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


def test_a_person_of_one_region_does_not_exist_in_another(kalidoni: Region, lombok: Region) -> None:
    email = f"{uuid.uuid4().hex}@example.test"
    person(kalidoni, email)
    assert sign_in(Client(), "lombok.localhost", email, PASSWORD) == 400
    assert sign_in(Client(), "localhost", email, PASSWORD) == 400
    assert sign_in(Client(), "kalidoni.localhost", email.upper(), PASSWORD) == 302


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
