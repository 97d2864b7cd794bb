"""The admin's page about requests to carve a part out of the region."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from shared_apps.onboarding.models import CarveOut, CoverageClaim, Registration, State
from shared_apps.onboarding.services.deciding import submit
from tenant_apps.accounts.models import Role
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tests.cast import browser_of, person
from tests.shared_apps.onboarding.people import complete

PAGE = "/wilayah/pemekaran/"


@pytest.fixture
def asked(db: None, kalidoni: Region) -> CarveOut:
    """Sukarami asks Kalidoni, which serves all of Palembang here."""
    with on_platform():
        first = complete(["16.71"], slug="palembang", email="palembang@example.test")
        submit(registration=first)
        Registration.objects.filter(pk=first.pk).update(state=State.LIVE, region=kalidoni)
        CoverageClaim.objects.filter(registration=first).update(region=kalidoni)
        second = complete(["16.71.07"], slug="sukarami", email="sukarami@example.test", name="Pasar Sukarami")
        submit(registration=second)
        request: CarveOut = CarveOut.objects.get()
        return request


@pytest.fixture
def budi(kalidoni: Region) -> Client:
    """Kalidoni's admin."""
    with in_region(kalidoni):
        return browser_of(person("Budi", Role.ADMIN))


def state_of(request: CarveOut) -> str:
    with on_platform():
        return str(CarveOut.objects.get(pk=request.pk).state)


def test_the_admin_sees_who_asks_for_what_and_agrees(asked: CarveOut, budi: Client, kalidoni: Region) -> None:
    page = budi.get(PAGE).content.decode()
    for shown in ("Pasar Sukarami", "Kecamatan: Sukarami", "Made", "sukarami@example.test", "menunggu jawaban"):
        assert shown in page, shown
    for _ in range(2):
        assert budi.post(f"{PAGE}{asked.public_id}/setuju/").headers["Location"] == PAGE
    assert state_of(asked) == "agreed"
    with in_region(kalidoni):
        assert OutboxMessage.objects.get().payload["to"] == "sukarami@example.test"


@pytest.mark.parametrize("form", [{}, {"reason": ""}, {"reason": " "}, {"reason": "\x00"}, {"reason": "x" * 2001}])
def test_a_refusal_without_a_readable_reason_is_an_error_of_the_form(
    asked: CarveOut, budi: Client, form: dict[str, str]
) -> None:
    answer = budi.post(f"{PAGE}{asked.public_id}/tolak/", form)
    assert answer.status_code == 409
    assert 'class="confirm" open' in answer.content.decode()
    assert state_of(asked) == "asked"


def test_a_refusal_is_shown_and_may_be_changed(asked: CarveOut, budi: Client) -> None:
    budi.post(f"{PAGE}{asked.public_id}/tolak/", {"reason": "Belum waktunya."})
    assert state_of(asked) == "refused"
    assert "Belum waktunya." in budi.get(PAGE).content.decode()
    budi.post(f"{PAGE}{asked.public_id}/setuju/")
    assert state_of(asked) == "agreed"


def test_what_ended_meanwhile_is_told_and_stays(asked: CarveOut, budi: Client) -> None:
    with on_platform():
        CarveOut.objects.filter(pk=asked.pk).update(state=CarveOut.State.ENDED)
    for verb in ("setuju", "tolak"):
        assert budi.post(f"{PAGE}{asked.public_id}/{verb}/", {"reason": "x"}).status_code == 302
        assert "alert error" in budi.get(PAGE).content.decode()
    assert state_of(asked) == "ended"


def test_nobody_else_finds_it(asked: CarveOut, kalidoni: Region, lombok: Region) -> None:
    with in_region(lombok):
        made = browser_of(person("Made", Role.ADMIN), "lombok")
    assert "Pasar Sukarami" not in made.get(PAGE).content.decode()
    with in_region(kalidoni):
        others = [browser_of(person(name, role)) for name, role in (("Hasan", Role.OWNER), ("Yuli", Role.SATKER))]
        others += [browser_of(person("Ratna")), browser_of(None)]
    for client in [made, *others]:
        if client is not made:
            assert client.get(PAGE).status_code in (302, 404)
        for verb in ("setuju", "tolak"):
            assert client.post(f"{PAGE}{asked.public_id}/{verb}/", {"reason": "x"}).status_code in (302, 404)
    assert state_of(asked) == "asked"


def test_what_is_not_there_is_not_found(budi: Client) -> None:
    assert budi.get(PAGE, {"page": "abc"}).status_code == 200
    assert budi.post(f"{PAGE}{uuid4()}/setuju/").status_code == 404
    assert budi.get(f"{PAGE}{uuid4()}/setuju/").status_code == 405
