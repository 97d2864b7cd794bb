"""A process of its own that fails in a request and in a task, with a person's data all around; it prints what it should be known by."""

from __future__ import annotations

import json
import os
from typing import Any
from unittest import mock

os.environ["DJANGO_SETTINGS_MODULE"] = "warsa.settings"

import django
import sentry_sdk
from django.db import connection
from django.test import Client
from opentelemetry import trace

django.setup()

# ruff: noqa: E402
from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.observing import spans
from tenants.outbox.services import deliver, put_mail
from tenants.tasks import HEADER, SIGNATURE, _stamp, region_task, sign_scope
from warsa.celery import app

PHONE, NIK, MAIL, NAME, TOKEN = (
    "081234567890",
    "1607100101900001",
    "siti@example.id",
    "Siti Zubaedah",
    "aB3dE5gH7jK9mN1pQ3rS",
)


def fail(*args: Any, **kwargs: Any) -> None:
    customer = NAME
    connection.cursor().execute(
        "INSERT INTO public.tenants_slugclaim (slug, held_for, claimed_at) VALUES (%s, NULL, now())", [customer]
    )


def say(*args: Any, **kwargs: Any) -> None:
    holder = NAME
    raise LookupError(f"nobody at {PHONE}, NIK {NIK}, {MAIL}, token={TOKEN}", len(holder))


@region_task(name="tests.failing")
def failing_task(name: str) -> None:
    say(name)


@region_task(name="tests.quiet")
def quiet_task() -> None:
    return None


def main() -> None:
    from django.db import transaction

    with on_platform():
        region = Region.objects.get(name="Kalidoni")
    client = Client(raise_request_exception=False)
    client.cookies["session"] = NAME
    told = {}
    for what, how in (("said", say), ("row", fail)):
        with mock.patch("tenants.access.AudienceMiddleware.process_view", side_effect=how):
            answer = client.post(
                f"/bahasa/?cari={NAME}", {"phone": PHONE, "name": NAME}, headers={"host": "kalidoni.localhost"}
            )
        assert answer.status_code == 500
        told[what] = answer.headers["X-Request-ID"]
    failing = app.tasks[failing_task.name]
    failing.apply(
        (NAME,),
        task_id="task-1",
        headers={HEADER: region.schema_name, SIGNATURE: sign_scope("task-1", region.schema_name)},
    )
    asked: dict[str, Any] = {"id": "task-2"}
    with in_region(region), spans.span("asking"):
        _stamp(sender=quiet_task.name, headers=asked)
    app.tasks[quiet_task.name].apply((), task_id="task-2", headers=asked)
    with in_region(region):
        with transaction.atomic():
            put_mail(to=MAIL, subject=NAME, body=PHONE, dedupe="observing")
        from tenants.outbox.models import OutboxMessage

        deliver(OutboxMessage.objects.get(dedupe="observing").pk)
        OutboxMessage.objects.all().delete()
    sentry_sdk.flush(10)
    provider: Any = trace.get_tracer_provider()
    provider.force_flush()
    print(json.dumps({"region": str(region.public_id), **told}))


main()
