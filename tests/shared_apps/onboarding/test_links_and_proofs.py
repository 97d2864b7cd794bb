"""A mailed link ends after thirty days; a proof that was replaced is not kept."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shared_apps.onboarding.models import Registration, State
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.drafting import open_resume_link, save_address, save_proof, send_resume_link
from tenants.context import on_platform
from tenants.kernel import clock
from tests.shared_apps.onboarding.people import PDF, complete, latest_link


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(("days", "opens"), [(0, True), (29, True), (30, False), (400, False)])
def test_a_link_ends_after_thirty_days(days: int, opens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    drafting.save_applicant(
        registration=registration,
        name="Made",
        position="Camat",
        institution="Kecamatan",
        email="made@example.test",
        phone="0812",
    )
    token, now = latest_link("made@example.test"), clock.now()
    with monkeypatch.context() as later:
        later.setattr(clock, "now", lambda: now + timedelta(days=days, seconds=-1 if opens else 1))
        assert (open_resume_link(token=token) == registration) is opens
        registration.refresh_from_db()
        assert registration.state == (State.EMAIL_VERIFIED if opens else State.DRAFT)
        send_resume_link(registration=registration)
        assert open_resume_link(token=latest_link("made@example.test")) == registration


@pytest.mark.usefixtures("platform")
def test_answers_that_are_saved_later_do_not_make_the_link_younger(monkeypatch: pytest.MonkeyPatch) -> None:
    registration = complete(["16.71.10"], slug="kalidoni-umur")
    token, now = latest_link(registration.email), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    save_address(registration=registration, name="Kalidoni", slug="kalidoni-tua")
    assert open_resume_link(token=token) is None


def files_of(registration: Registration) -> list[Path]:
    folder = Path(registration.proof.storage.path(f"onboarding/{registration.public_id}"))
    return sorted(folder.iterdir())


def another() -> SimpleUploadedFile:
    return SimpleUploadedFile("baru.pdf", PDF + b" baru")


def test_a_replaced_proof_is_deleted_and_the_new_one_stays(committed: None) -> None:
    with on_platform():
        registration = complete(["16.71.10"], slug="kalidoni-bukti")
        (before,) = files_of(registration)
        save_proof(registration=registration, file=another(), services=["sembako"])
        (after,) = files_of(registration)
        assert after != before
        assert after.read_bytes() == PDF + b" baru"
        save_proof(registration=registration, file=None, services=["sembako", "training"])
        assert files_of(registration) == [after]


def test_a_replacement_that_was_rolled_back_leaves_the_old_proof(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(self: Registration, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the database went away")

    with on_platform():
        registration = complete(["16.71.10"], slug="kalidoni-bukti")
        (before,) = files_of(registration)
        with monkeypatch.context() as planted:
            planted.setattr(Registration, "save", fails)
            with pytest.raises(RuntimeError):
                save_proof(registration=registration, file=another(), services=["sembako"])
        kept = Registration.objects.get(pk=registration.pk)
        assert kept.proof.storage.path(str(kept.proof.name)) == str(before)
        assert files_of(registration) == [before]


@pytest.mark.usefixtures("platform")
def test_a_name_is_one_line() -> None:
    registration = drafting.start_draft(area_codes=["16.71.10"], source="x")
    save_address(registration=registration, name=" Pasar\r\nBcc: x@example.test  Kita\t", slug="pasar-kita")
    assert registration.name == "Pasar Bcc: x@example.test Kita"
