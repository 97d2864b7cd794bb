"""Filling in a registration, page by page; each page is kept as it is sent."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.onboarding.errors import TooMany, WrongProof
from shared_apps.onboarding.models import Registration, Service, State
from shared_apps.regions.selectors import area, districts_under
from tenants.hosts import platform_url
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.slugs import clean_slug
from tenants.kernel.tokens import new_token, token_hash
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import put_mail

MAX_PER_SOURCE_AND_HOUR = 20
MAX_PER_HOUR = 500
MAX_MAILS_PER_ADDRESS_AND_HOUR = 5
# How the outbox names these mails; they are counted by it.
RESUME_MAIL = "onboarding.resume:"
LINK_AGE = timedelta(days=30)
MAX_PROOF_BYTES = 5 * 1024 * 1024
# What a proof may be, by how the file begins; its name proves nothing.
PROOF_TYPES = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def source_hash(address: str) -> str:
    """A caller's network address, kept so that it can be counted and not read."""
    return hmac.new(settings.SECRET_KEY.encode(), b"onboarding:" + address.encode(), hashlib.sha256).hexdigest()


def start_draft(*, area_codes: Sequence[str], source: str) -> Registration:
    """A new draft for these official areas. `source` is a source_hash.

    Raises:  TooMany above the hourly limits; UnknownArea or a refusal of areas below kecamatan.
    """
    last_hour = Registration.objects.filter(created_at__gt=clock.now() - timedelta(hours=1))
    if last_hour.count() >= MAX_PER_HOUR or last_hour.filter(source_hash=source).count() >= MAX_PER_SOURCE_AND_HOUR:
        raise TooMany(_("Many registrations were started from here just now. Try again in an hour."))
    registration = Registration(source_hash=source)
    _set_areas(registration, area_codes)
    registration.save()
    return registration


def choose_areas(*, registration: Registration, area_codes: Sequence[str]) -> None:
    """Other areas for a draft. Raises StaleDocument once it was sent."""
    with _editing(registration):
        _set_areas(registration, area_codes)


def _set_areas(registration: Registration, codes: Sequence[str]) -> None:
    chosen = sorted(set(codes))
    districts_under(chosen)
    registration.area_codes = chosen
    if not registration.name and chosen:
        registration.name = area(chosen[0]).name


def save_applicant(
    *, registration: Registration, name: str, position: str, institution: str, email: str, phone: str
) -> None:
    """Who applies. A new e-mail address must be confirmed by the link that is mailed to it.

    States:  a changed address takes email_verified back to draft.
    Raises:  StaleDocument once it was sent; TooMany when that address got many mails.
    """
    email = email.strip().lower()
    with _editing(registration):
        changed = email != registration.email
        registration.applicant_name, registration.applicant_position = name, position
        registration.institution, registration.phone, registration.email = institution, phone, email
        if changed:
            move(registration, "change_email", by=f"applicant:{registration.public_id}")
            registration.save()
            send_resume_link(registration=registration)


def send_resume_link(*, registration: Registration) -> None:
    """Mail the link with which the applicant goes on, from any device; the earlier link ends.

    Raises:  TooMany above the hourly limit of this address.
    Writes:  outbox mail.
    """
    mailed = OutboxMessage.objects.filter(
        dedupe__startswith=RESUME_MAIL,
        payload__to=registration.email,
        created_at__gt=clock.now() - timedelta(hours=1),
    )
    if mailed.count() >= MAX_MAILS_PER_ADDRESS_AND_HOUR:
        raise TooMany(
            _("Many links were mailed to this address just now. Use the latest one, or try again in an hour.")
        )
    token = new_token()
    with transaction.atomic():
        registration.token_hash, registration.token_made_at = token_hash(token), clock.now()
        registration.save(update_fields=["token_hash", "token_made_at", "updated_at"])
        put_mail(
            to=registration.email,
            subject=_("Go on with the registration of %(name)s") % {"name": registration.name},
            body=_(
                "Open this link to confirm your e-mail address and go on:\n\n%(link)s\n\n"
                "It works for 30 days, on any phone or computer. If you did not register a region, ignore this mail."
            )
            % {"link": platform_url(f"/daftar/lanjut/{token}/")},
            dedupe=f"{RESUME_MAIL}{registration.token_hash}",
        )


def open_resume_link(*, token: str) -> Registration | None:
    """The registration of a mailed link, its e-mail address now confirmed; None for a link that is not (or no longer) one.

    A link ends when a newer one is mailed, and after LINK_AGE.

    States:  draft -> email_verified. Opening it again changes nothing.
    """
    young = Registration.objects.filter(token_made_at__gt=clock.now() - LINK_AGE)
    registration = young.filter(token_hash=token_hash(token)).first()
    if registration and registration.state == State.DRAFT:
        with transaction.atomic():
            move(registration, "verify_email", by=f"applicant:{registration.public_id}")
    return registration


def save_proof(*, registration: Registration, file: UploadedFile[Any] | None, services: Sequence[str]) -> None:
    """The document that proves the institution, and the services wanted.

    Of two files the one is deleted that no row names: the older after the commit, the newer when there is none.
    Raises:  WrongProof for another kind of file than PDF, JPEG, PNG, or one above 5 MB; StaleDocument once it was sent.
    """
    kind = _proof_type(file) if file is not None else ""
    storage, fresh = registration.proof.storage, ""
    try:
        with _editing(registration):
            registration.services = [code for code in Service.values if code in services]
            if file is not None:
                before = registration.proof.name
                registration.proof_type = kind
                registration.proof.save(file.name or "proof", file, save=False)
                fresh = str(registration.proof.name)
                if before:
                    transaction.on_commit(partial(storage.delete, before), robust=True)
    except BaseException:
        if fresh:
            storage.delete(fresh)
        raise


def _proof_type(file: UploadedFile[Any]) -> str:
    head = file.read(16)
    file.seek(0)
    kind = next((kind for start, kind in PROOF_TYPES.items() if head.startswith(start)), None)
    if kind is None or (file.size or 0) > MAX_PROOF_BYTES:
        raise WrongProof(_("Send a PDF, JPEG or PNG of at most 5 MB."))
    return kind


def save_address(*, registration: Registration, name: str, slug: str) -> None:
    """The region's name and its wished address. Raises SlugRefused, or StaleDocument once it was sent."""
    clean = clean_slug(slug)
    with _editing(registration):
        # One line: it stands in the subject of mails.
        registration.name, registration.slug = " ".join(name.split()), clean


@contextmanager
def _editing(registration: Registration) -> Iterator[None]:
    """Change the answers of the row as it is now, under its lock, and keep them.

    Raises:  StaleDocument once it was sent.
    """
    with transaction.atomic():
        Registration.objects.select_for_update().get(pk=registration.pk)
        registration.refresh_from_db()
        if not registration.editable:
            raise StaleDocument(_("This registration was sent already and cannot be changed any more."))
        yield
        registration.save()
