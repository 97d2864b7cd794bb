from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from shared_apps.onboarding.models import Registration, Service, State
from shared_apps.onboarding.services import deciding, drafting
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant, OperatorRole
from tenant_apps.accounts.access import Role
from tenants.context import in_region
from tenants.hosts import platform_url, region_url
from tenants.identity.models import User
from tenants.outbox.models import OutboxMessage
from warsa import demo_supplier
from warsa.demo import ADMIN, LOGINS, PEOPLE, furnish, keep_password

OPERATOR = "operator@warsa.test"
CAMAT = ADMIN.email
PROOF = b"%PDF-1.4\n% demonstration document of the demo region\n"


def demo_password(who: str) -> str:
    """A password of this machine's own, the same at each start."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo:{who}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest).decode()[:12].lower()


def demo_secret(who: str) -> str:
    """The key of a demo operator's authenticator app."""
    return base64.b32encode(hmac.new(settings.SECRET_KEY.encode(), f"totp:{who}".encode(), hashlib.sha256).digest())[
        :32
    ].decode()


class Command(BaseCommand):
    help = "Build the demo region Kalidoni through the services that a registration uses, and print the demo logins."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            operator = User.objects.filter(email=OPERATOR).first()
            if operator is None:
                operator = User.objects.create_user(password=demo_password(OPERATOR), email=OPERATOR, name="Operator")
            grant, _new = OperatorGrant.objects.update_or_create(user=operator, defaults={"role": OperatorRole.OWNER})
            # Of this machine's own, as the passwords are: `warsa operators code` tells what a phone would.
            AuthenticatorApp.objects.get_or_create(grant=grant, defaults={"secret": demo_secret(OPERATOR)})
            keep_password(OPERATOR, demo_password(OPERATOR))
        supplier = demo_supplier.EMAIL
        if not demo_supplier.furnish_supplier(operator=operator, password=demo_password(supplier)):
            keep_password(supplier, demo_password(supplier))
        registration = self._registration()
        if registration.state == State.EMAIL_VERIFIED:
            deciding.submit(registration=registration)
        if registration.state == State.IN_REVIEW:
            deciding.approve(registration=registration, by=operator.actor)
        self._wait(registration)
        if registration.region is None:
            raise CommandError("Kalidoni has no region")
        region = registration.region
        with in_region(region):
            if not furnish({who.email: demo_password(who.email) for who in PEOPLE}):
                for who in PEOPLE:
                    keep_password(who.email, demo_password(who.email))
        self._print("Platform", platform_url())
        self._print("Region Kalidoni", region_url(region))
        self._print("Mailbox", platform_url("/kotak-surat/"))
        self._print("Operator", platform_url("/operator/"), OPERATOR)
        self.stdout.write(f"{'Second factor':<17} .venv/bin/warsa operators code {OPERATOR}")
        self._print("Supplier", platform_url("/pemasok/"), demo_supplier.EMAIL)
        for word, who in LOGINS.items():
            path = {Role.ADMIN: "/wilayah/", Role.SATKER: "/satker/", Role.OWNER: "/toko/"}.get(
                who.role or Role.STAFF, "/"
            )
            self._print(word, region_url(region, path), who.email)

    def _print(self, word: str, address: str, email: str = "") -> None:
        login = f"  {email}  {demo_password(email)}" if email else ""
        self.stdout.write(f"{word:<17} {address}{login}")

    def _registration(self) -> Registration:
        """The camat's registration with every answer given, from wherever an earlier run was cut short."""
        ended = [State.REJECTED, State.WITHDRAWN]
        found = Registration.objects.filter(email=CAMAT).exclude(state__in=ended).first()
        if found is None:
            found = drafting.start_draft(area_codes=["16.71.10"], source=drafting.source_hash("demo"))
            drafting.save_applicant(
                registration=found,
                name="Camat Kalidoni",
                position="Camat",
                institution="Kecamatan Kalidoni",
                email=CAMAT,
                phone="0812 0000 0000",
            )
        if found.state == State.DRAFT and drafting.open_resume_link(token=self._mailed_token(found)) is None:
            # The link has ended meanwhile.
            drafting.send_resume_link(registration=found)
            drafting.open_resume_link(token=self._mailed_token(found))
        found.refresh_from_db()
        if found.editable and not found.proof:
            proof = SimpleUploadedFile("bukti.pdf", ContentFile(PROOF).read())
            drafting.save_proof(registration=found, file=proof, services=[str(code) for code in Service.values])
        if found.editable and not found.slug:
            drafting.save_address(registration=found, name="Kalidoni", slug="kalidoni")
        return found

    def _mailed_token(self, registration: Registration) -> str:
        letter = OutboxMessage.objects.get(dedupe=f"onboarding.resume:{registration.token_hash}")
        link = re.search(r"/daftar/lanjut/([\w-]+)/", letter.payload["body"])
        if link is None:
            raise CommandError("the resume mail holds no link")
        return link.group(1)

    def _wait(self, registration: Registration) -> None:
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            registration.refresh_from_db()
            if registration.state == State.LIVE:
                return
            if registration.state == State.FAILED:
                deciding.retry(registration=registration, by="system:demo")
            time.sleep(0.2)
        raise CommandError("Kalidoni was not built within two minutes; see the worker's log")
