"""What the wizard, the progress page and the decision page show, and how few queries they ask."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from shared_apps.onboarding.models import BuildStep, CoverageClaim, Registration, RegistrationEvent, State
from shared_apps.onboarding.selectors import history_of, markets_around, open_markets, progress_of
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.building import plan
from shared_apps.onboarding.services.deciding import missing_steps, reject, submit
from tenants.identity.models import User
from tenants.models import Region
from tests.shared_apps.onboarding.people import complete, latest_link
from tests.shared_apps.operations.people import operator, show_second_factor
from tests.warsa.ui.seeing import Seen

pytestmark = pytest.mark.usefixtures("platform")

HOSTILE = '"><script>alert(1)</script>'


def browser(user: User | None = None) -> Client:
    client = Client(headers={"host": "localhost"})
    if user is not None:
        client.force_login(user)
        show_second_factor(client)
    return client


def applicant_of(registration: Registration) -> Client:
    """The browser that opened the mailed link."""
    client = browser()
    client.get(f"/daftar/lanjut/{latest_link(registration.email)}/", secure=True)
    return client


def page(client: Client, path: str, **headers: str) -> Any:
    return client.get(path, secure=True, headers=headers)


@pytest.mark.parametrize(
    ("by", "who"),
    [
        ("applicant:{registration}", "Made"),
        ("operator:{sri}", "Sri Wahyuni"),
        ("user:{sri}", "Sri Wahyuni"),
        ("user:{nameless}", "budi@example.test"),
        ("system:provisioning", "WARSA sendiri"),
        ("system:gov-mail", "WARSA sendiri"),
        ("operator:6d9a514b-0491-41c6-889e-4f63a6404fb3", "operator"),
        ("operator:x", "operator"),
        ("", "operator"),
    ],
)
def test_an_actor_is_told_in_words(by: str, who: str) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-riwayat")
    ids = {"registration": registration.public_id, "sri": operator().public_id}
    ids["nameless"] = operator("", "budi@example.test").public_id
    registration.events.all().delete()
    event = RegistrationEvent(registration=registration, move="submit", before=State.DRAFT, after=State.IN_REVIEW)
    event.by = by.format(**ids)
    event.save()
    with translation.override("id"):
        assert [row.who for row in history_of(registration)] == [who]


def test_a_long_history_asks_twice(django_assert_num_queries: Any) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-riwayat")
    people = [operator(f"Operator {n}", f"operator{n}@example.test") for n in range(8)]
    RegistrationEvent.objects.bulk_create(
        RegistrationEvent(
            registration=registration, move="x", before="draft", after="draft", by=f"operator:{p.public_id}"
        )
        for p in people
    )
    with django_assert_num_queries(2):
        assert [row.who for row in history_of(registration)][-1] == "Operator 7"


def test_the_decision_page_shows_no_ids_and_no_markup() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-tolak", name=HOSTILE)
    submit(registration=registration)
    sri = operator(HOSTILE)
    reject(registration=registration, by=f"operator:{sri.public_id}", reason=HOSTILE)
    html = page(browser(sri), f"/operator/pendaftaran/{registration.public_id}/").content.decode()
    seen = Seen(html)
    assert "<script>alert" not in html
    assert seen.text.count(HOSTILE) >= 3
    assert str(sri.public_id) not in seen.text
    assert "applicant:" not in seen.text
    assert "operator:" not in seen.text


def test_a_refused_rejection_keeps_its_form_open() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-tolak")
    submit(registration=registration)
    answer = browser(operator()).post(
        f"/operator/pendaftaran/{registration.public_id}/tolak/", {"reason": " "}, secure=True
    )
    assert answer.status_code == 409
    assert '<details class="confirm" open>' in answer.content.decode()
    registration.refresh_from_db()
    assert registration.state == State.IN_REVIEW


def test_progress_is_sent_again_only_when_something_is_new() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-pantau")
    submit(registration=registration)
    client = applicant_of(registration)
    Registration.objects.filter(pk=registration.pk).update(state=State.PROVISIONING)
    registration.refresh_from_db()
    watch = f"/daftar/{registration.public_id}/pantau/"
    first = plan()[0].name
    step = BuildStep.objects.create(registration=registration, name=first, order=0, state=BuildStep.State.RUNNING)
    seen = progress_of(registration).mark
    assert page(client, watch).status_code == 200
    assert page(client, f"{watch}?seen={seen}", **{"HX-Request": "true"}).status_code == 204
    step.done, step.total = 3, 9
    step.save()
    answer = page(client, f"{watch}?seen={seen}", **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert "3 dari 9" in answer.content.decode()
    assert "<html" not in answer.content.decode()
    # A page that is loaded, not renewed, is always whole.
    assert "<html" in page(client, f"{watch}?seen={progress_of(registration).mark}").content.decode()


@pytest.mark.parametrize("state", [state for state in State if state not in (State.DRAFT, State.EMAIL_VERIFIED)])
def test_every_state_has_its_progress_page(state: State, kalidoni: Region) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-pantau")
    client = applicant_of(registration)
    region = kalidoni if state == State.LIVE else None
    Registration.objects.filter(pk=registration.pk).update(state=state, region=region, reason="Surat tidak terbaca.")
    answer = page(client, f"/daftar/{registration.public_id}/pantau/")
    assert answer.status_code == 200
    polls = "hx-trigger" in answer.content.decode()
    assert polls is (state in (State.IN_REVIEW, State.APPROVED, State.PROVISIONING))
    assert page(browser(operator()), f"/operator/pendaftaran/{registration.public_id}/").status_code == 200


def test_the_wizard_says_which_steps_are_done() -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    assert missing_steps(registration) == ["pemohon", "bukti", "alamat"]
    assert missing_steps(complete(["16.71.10"], slug="kalidoni-langkah")) == []


@pytest.mark.parametrize(
    "query", ["?state=nonsense", "?state=%00", "?page=abc", "?page=99999999999999999999", "?state="]
)
def test_the_list_of_registrations_takes_any_query(query: str) -> None:
    submit(registration=complete(["16.71.10"], slug="kalidoni-daftar"))
    assert page(browser(operator()), f"/operator/pendaftaran/{query}").status_code == 200


@pytest.mark.parametrize("area", ["kalidoni", "%00", "x" * 5000, "16.71.10", "%F0%9F%8D%9A", "'; --", "٣٤٥"])
def test_the_first_page_takes_any_search(area: str) -> None:
    assert page(browser(), f"/?area={area}").status_code == 200


def test_a_market_is_found_from_its_village_its_kecamatan_and_above(
    kalidoni: Region, django_assert_num_queries: Any
) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-cari")
    CoverageClaim.objects.create(kecamatan_code="16.71.10", registration=registration, region=kalidoni)
    codes = ["16.71.10.1002", "16.71.10", "16.71", "16", "16.71.1", "16.71.11", "52.71"]
    with django_assert_num_queries(2):
        found = markets_around(codes)
    assert {code: [market.name for market in some] for code, some in found.items()} == {
        "16.71.10.1002": ["Kalidoni"],
        "16.71.10": ["Kalidoni"],
        "16.71": ["Kalidoni"],
        "16": ["Kalidoni"],
        "16.71.1": [],
        "16.71.11": [],
        "52.71": [],
    }
    assert markets_around([]) == {}


def test_open_markets_ask_twice_and_name_their_areas(kalidoni: Region, django_assert_num_queries: Any) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-pasar")
    Registration.objects.filter(pk=registration.pk).update(region=kalidoni, state=State.LIVE)
    with django_assert_num_queries(2):
        markets = open_markets()
    assert [(market.name, [hit.path for hit in market.areas]) for market in markets] == [
        ("Kalidoni", ["Kalidoni, Kota Palembang, Sumatera Selatan"]),
        ("Lombok", []),
    ]
