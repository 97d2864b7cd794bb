"""Registrations as applicants make them, through the same services."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile

from shared_apps.onboarding.models import Registration
from shared_apps.onboarding.services.drafting import (
    open_resume_link,
    save_address,
    save_applicant,
    save_proof,
    source_hash,
    start_draft,
)
from tenants.outbox.models import OutboxMessage

LOMBOK = ["52.01", "52.02", "52.03", "52.08", "52.71"]
PDF = b"%PDF-1.4 surat keputusan camat"


def latest_link(email: str) -> str:
    """The secret of the newest resume link mailed to this address."""
    letter = OutboxMessage.objects.filter(payload__to=email, dedupe__startswith="onboarding.resume").latest("pk")
    found = re.search(r"/daftar/lanjut/([\w-]+)/", letter.payload["body"])
    assert found
    return found.group(1)


def complete(
    areas: list[str], *, slug: str, email: str = "made@example.test", name: str = "Lombok Raya"
) -> Registration:
    """A registration that lacks nothing but being sent."""
    registration = start_draft(area_codes=areas, source=source_hash(f"203.0.113.{slug}"))
    save_applicant(
        registration=registration,
        name="Made",
        position="Camat",
        institution="Kecamatan",
        email=email,
        phone="0812-3456-7890",
    )
    assert open_resume_link(token=latest_link(email)) == registration
    registration.refresh_from_db()
    proof = SimpleUploadedFile("sk.pdf", PDF)
    save_proof(registration=registration, file=proof, services=["sembako", "bank_sampah"])
    save_address(registration=registration, name=name, slug=slug)
    return registration
