"""From a draft to a decision: what is kept, what is refused, what is freed."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shared_apps.onboarding.errors import AreaTaken, Incomplete, SlugTaken, TooMany, WrongProof
from shared_apps.onboarding.models import CoverageClaim, Registration, State
from shared_apps.onboarding.services import drafting
from shared_apps.onboarding.services.deciding import approve, reject, submit, withdraw
from shared_apps.onboarding.services.drafting import open_resume_link, save_applicant, save_proof, start_draft
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.models import SlugClaim
from tests.shared_apps.onboarding.people import LOMBOK, complete, latest_link

pytestmark = pytest.mark.usefixtures("platform")


def test_lombok_registers_five_areas_and_holds_their_kecamatan() -> None:
    registration = complete(LOMBOK, slug="lombok-raya")
    submit(registration=registration)
    submit(registration=registration)
    assert registration.state == State.IN_REVIEW
    assert CoverageClaim.objects.filter(registration=registration).count() == 54
    assert SlugClaim.objects.get(slug="lombok-raya").held_for == registration.public_id
    assert [event.move for event in registration.events.all()] == ["verify_email", "submit"]


def test_a_kecamatan_inside_another_registration_is_refused() -> None:
    submit(registration=complete(["16.71"], slug="palembang"))
    second = complete(["16.71.10"], slug="kalidoni-baru", email="yuli@example.test")
    with pytest.raises(AreaTaken, match="Kalidoni"):
        submit(registration=second)
    second.refresh_from_db()
    assert second.state == State.EMAIL_VERIFIED
    assert not CoverageClaim.objects.filter(registration=second).exists()
    assert not SlugClaim.objects.filter(slug="kalidoni-baru").exists()


def test_a_taken_address_is_refused_and_claims_nothing() -> None:
    submit(registration=complete(["16.71.10"], slug="pasar-kita"))
    second = complete(["52.71"], slug="pasar-kita", email="made2@example.test")
    with pytest.raises(SlugTaken):
        submit(registration=second)
    assert not CoverageClaim.objects.filter(registration=second).exists()


@pytest.mark.parametrize(
    "slug", ["admin", "WWW", "a", "-ab", "ab-", "a--b", "xn--abc", "kali doni", "x" * 31, "1abc", ""]
)
def test_reserved_and_malformed_addresses_are_refused(slug: str) -> None:
    registration = start_draft(area_codes=["16.71.10"], source="x")
    with pytest.raises(DomainError):
        drafting.save_address(registration=registration, name="Kalidoni", slug=slug)


def test_nothing_is_sent_before_the_address_is_confirmed() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-satu")
    save_applicant(
        registration=registration,
        name="Yuli",
        position="Camat",
        institution="Kecamatan Kalidoni",
        email="other@example.test",
        phone="0812",
    )
    with pytest.raises(Incomplete):
        submit(registration=registration)
    assert open_resume_link(token=latest_link("other@example.test")) == registration
    registration.refresh_from_db()
    submit(registration=registration)
    assert registration.state == State.IN_REVIEW


def test_an_older_or_forged_link_opens_nothing() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-dua")
    old = latest_link(registration.email)
    drafting.send_resume_link(registration=registration)
    assert open_resume_link(token=old) is None
    assert open_resume_link(token="x" * 43) is None
    assert open_resume_link(token=latest_link(registration.email)) == registration


def test_a_sent_registration_cannot_be_changed() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-tiga")
    submit(registration=registration)
    with pytest.raises(StaleDocument):
        drafting.choose_areas(registration=registration, area_codes=["52.71"])
    with pytest.raises(StaleDocument):
        drafting.save_address(registration=registration, name="Lain", slug="lain-lagi")


def test_rejection_needs_a_reason_and_frees_everything() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-empat")
    submit(registration=registration)
    with pytest.raises(Incomplete):
        reject(registration=registration, by="operator:x", reason=" ")
    reject(registration=registration, by="operator:x", reason="Surat tidak terbaca.")
    assert registration.state == State.REJECTED
    assert not CoverageClaim.objects.exists()
    assert not SlugClaim.objects.filter(slug="kalidoni-empat").exists()
    with pytest.raises(StaleDocument):
        approve(registration=registration, by="operator:x")


def test_withdrawing_twice_changes_nothing_more() -> None:
    registration = complete(["16.71.10"], slug="kalidoni-lima")
    submit(registration=registration)
    withdraw(registration=registration, by="applicant:x")
    withdraw(registration=registration, by="applicant:x")
    assert [event.after for event in registration.events.all()][-2:] == [State.IN_REVIEW, State.WITHDRAWN]
    assert not CoverageClaim.objects.exists()


@pytest.mark.parametrize(
    ("case", "content", "fits"),
    [
        ("a PDF", b"%PDF-1.7 text", True),
        ("a JPEG", b"\xff\xd8\xff\xe0 picture", True),
        ("a PNG", b"\x89PNG\r\n\x1a\n picture", True),
        ("a page", b"<html><script>alert(1)</script>", False),
        ("a drawing with script", b"<svg xmlns='http://www.w3.org/2000/svg'>", False),
        ("nothing", b" ", False),
        ("too large", b"%PDF-" + b"x" * (5 * 1024 * 1024), False),
    ],
)
def test_a_proof_is_known_by_its_content(case: str, content: bytes, fits: bool) -> None:
    registration = start_draft(area_codes=["16.71.10"], source="x")
    file = SimpleUploadedFile("../../etc/passwd.pdf", content)
    if fits:
        save_proof(registration=registration, file=file, services=["sembako", "nonsense"])
        assert registration.services == ["sembako"]
        assert "passwd" not in str(registration.proof.name)
    else:
        with pytest.raises(WrongProof):
            save_proof(registration=registration, file=file, services=["sembako"])


def test_a_flood_of_drafts_from_one_place_is_stopped() -> None:
    for _ in range(drafting.MAX_PER_SOURCE_AND_HOUR):
        start_draft(area_codes=["16.71.10"], source="one place")
    with pytest.raises(TooMany):
        start_draft(area_codes=["16.71.10"], source="one place")
    start_draft(area_codes=["16.71.10"], source="another place")


def test_a_confirmed_government_address_may_be_approved_at_once(settings: object) -> None:
    settings.ONBOARDING_AUTO_APPROVE_GOV_MAIL = True  # type: ignore[attr-defined]
    government = complete(["16.71.10"], slug="kalidoni-enam", email="camat@palembang.go.id")
    submit(registration=government)
    assert government.state == State.APPROVED
    private = complete(["52.71"], slug="mataram-satu", email="camat@go.id.example.test")
    submit(registration=private)
    assert private.state == State.IN_REVIEW


def test_half_a_registration_is_told_what_is_missing() -> None:
    registration = start_draft(area_codes=["16.71.10"], source="x")
    with pytest.raises(Incomplete) as refusal:
        submit(registration=registration)
    assert refusal.value.context["step"] == "pemohon"
    assert Registration.objects.get(pk=registration.pk).state == State.DRAFT
