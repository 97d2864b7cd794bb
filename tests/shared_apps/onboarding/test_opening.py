"""What waited in a region's outbox while it was built leaves as soon as it is open."""

from __future__ import annotations

import mailbox
import os
import sys
import time
from datetime import timedelta
from email.header import decode_header, make_header
from pathlib import Path
from unittest import mock

import pytest
from django.db import transaction
from kombu import Connection

from infra.embedded.supervisor import free_port
from shared_apps.onboarding.models import State
from shared_apps.onboarding.tasks import provision
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.outbox.models import OutboxMessage
from tenants.outbox.services import leave_now, put_mail, sweep
from tenants.outbox.tasks import sweep_region
from tenants.tasks import HEADER
from tests.shared_apps.onboarding.test_building import approved
from tests.shared_apps.onboarding.workers import kill, start, until, worker

QUEUE = "5"


def read(header: str) -> str:
    return str(make_header(decode_header(header)))


def test_the_invitation_arrives_within_seconds_of_the_opening(committed: None, tmp_path: Path) -> None:
    port, letters, log = free_port(), tmp_path / "mail", tmp_path / "worker.log"
    post = start(
        tmp_path / "mailbox.log", [sys.executable, "-m", "infra.embedded.mailbox", str(port), str(letters)], {}
    )
    # No beat, whose sweep would carry the mail out by and by.
    # The pause lets a second process refuse the mail while the region is not open.
    celery = worker(
        tmp_path,
        QUEUE,
        beat=False,
        processes=2,
        environment={"WARSA_SMTP_PORT": str(port), "WARSA_PROVISIONING_PAUSE_MS": "300"},
    )
    try:
        with on_platform():
            registration = approved()
            with Connection(f"{os.environ['WARSA_BROKER_URL']}?virtual_host={QUEUE}") as broker:
                provision.apply_async((registration.pk,), connection=broker)  # type: ignore[call-arg]

            def live() -> bool:
                registration.refresh_from_db()
                return registration.state == State.LIVE

            until(live, 60, log)
            opened = time.monotonic()
            region = Region.objects.get(registration=registration)
        with in_region(region):
            until(lambda: OutboxMessage.objects.filter(state=OutboxMessage.State.DELIVERED).exists(), 8, log)
            print(f"{time.monotonic() - opened:.1f} s after the opening")
            invitation = OutboxMessage.objects.get()
        assert invitation.payload["to"] == registration.email
        assert "sasak.localhost" in invitation.payload["body"]
        assert invitation.payload["subject"] in [read(letter["Subject"]) for letter in mailbox.Maildir(letters)]
    finally:
        kill(celery)
        kill(post)


def test_a_sweep_leaves_what_is_fresh_to_the_worker_that_was_told(committed: None) -> None:
    with on_platform(), mock.patch("tenants.outbox.mail.EmailMessage.send") as sent:
        with transaction.atomic():
            put_mail(to="made@example.test", subject="S", body="B", dedupe="test.sweep")
        assert sweep() == 0
        assert sent.call_count == 0
        assert sweep(quiet=timedelta(0)) == 1
        assert sent.call_count == 1


def test_a_rolled_back_opening_sends_nobody(committed: None, kalidoni: Region) -> None:
    with on_platform(), mock.patch.object(sweep_region, "apply_async") as sent:
        with pytest.raises(RuntimeError), transaction.atomic():
            leave_now(kalidoni)
            raise RuntimeError
        assert sent.call_count == 0
        with transaction.atomic():
            leave_now(kalidoni)
            assert sent.call_count == 0
        sent.assert_called_once_with((0,), headers={HEADER: kalidoni.schema_name})
