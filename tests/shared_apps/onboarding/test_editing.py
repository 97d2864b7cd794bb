"""Answers are written under the row's lock: a page sent late never takes back what has happened meanwhile."""

from __future__ import annotations

import pytest

from shared_apps.onboarding.errors import TooMany
from shared_apps.onboarding.models import Registration, State
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.deciding import submit
from shared_apps.onboarding.services.drafting import open_resume_link, save_applicant, save_proof, send_resume_link
from tenants.kernel.errors import StaleDocument
from tests.shared_apps.onboarding.people import complete, latest_link

pytestmark = pytest.mark.usefixtures("platform")

MADE = {"name": "Made", "position": "Camat", "institution": "Kecamatan", "phone": "0812"}


def test_a_page_loaded_before_the_mail_link_keeps_the_confirmed_address() -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    save_applicant(registration=registration, email="made@example.test", **MADE)
    in_another_tab = Registration.objects.get(pk=registration.pk)
    open_resume_link(token=latest_link("made@example.test"))
    save_proof(registration=in_another_tab, file=None, services=["sembako"])
    assert Registration.objects.get(pk=registration.pk).state == State.EMAIL_VERIFIED


def test_a_page_loaded_before_another_page_keeps_its_answers() -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    in_another_tab = Registration.objects.get(pk=registration.pk)
    save_applicant(registration=registration, email="made@example.test", **MADE)
    save_proof(registration=in_another_tab, file=None, services=["sembako"])
    kept = Registration.objects.get(pk=registration.pk)
    assert (kept.applicant_name, kept.email, kept.services) == ("Made", "made@example.test", ["sembako"])
    assert open_resume_link(token=latest_link("made@example.test")) == registration


def test_a_page_loaded_before_sending_changes_nothing() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-tab")
    in_another_tab = Registration.objects.get(pk=registration.pk)
    submit(registration=registration)
    with pytest.raises(StaleDocument):
        save_proof(registration=in_another_tab, file=None, services=["sembako"])
    assert Registration.objects.get(pk=registration.pk).state == State.IN_REVIEW


def test_a_new_address_is_a_step_in_the_history() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-surel")
    save_applicant(registration=registration, email="other@example.test", **MADE)
    assert [(event.before, event.after) for event in registration.events.all()] == [
        (State.DRAFT, State.EMAIL_VERIFIED),
        (State.EMAIL_VERIFIED, State.DRAFT),
    ]


def test_an_address_gets_only_so_many_mails() -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    save_applicant(registration=registration, email="made@example.test", **MADE)
    for _ in range(drafting.MAX_MAILS_PER_ADDRESS_AND_HOUR - 1):
        send_resume_link(registration=registration)
    before = latest_link("made@example.test")
    with pytest.raises(TooMany):
        send_resume_link(registration=registration)
    assert latest_link("made@example.test") == before
    assert open_resume_link(token=before) == registration
