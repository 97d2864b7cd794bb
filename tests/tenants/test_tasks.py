"""A task works in the region that its signed header names, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from pytest_django import DjangoCaptureOnCommitCallbacks

from tenants.context import current_region, in_region, on_platform, scope
from tenants.errors import RegionNotServed
from tenants.models import Region, RegionStatus
from tenants.tasks import HEADER, SIGNATURE, ScopedTask, _stamp, platform_task, region_task, sign_scope


@region_task(name="tests.where")
def where() -> str:
    return str(current_region().name)


@platform_task(name="tests.on_the_platform")
def on_the_platform() -> str:
    return scope()


def run(task: ScopedTask, schema: str | None, signature: str | None = None) -> Any:
    """Run a task in this process with the headers of a message, as a worker would."""
    headers: dict[str, str] = {}
    if schema is not None:
        headers = {HEADER: schema, SIGNATURE: signature or sign_scope("id-1", schema)}
    task.push_request(id="id-1", headers=headers)
    try:
        return task()
    finally:
        task.pop_request()


def test_it_works_where_its_header_says(kalidoni: Region, lombok: Region) -> None:
    assert run(where, kalidoni.schema_name) == "Kalidoni"
    with in_region(kalidoni):
        assert run(where, lombok.schema_name) == "Lombok"
        assert scope() == kalidoni.schema_name
    assert run(on_the_platform, "public") == "public"


@pytest.mark.parametrize("schema", [None, "", "public", "t_0000000000000000"])
def test_without_a_region_it_fails(db: None, schema: str | None) -> None:
    with pytest.raises(RegionNotServed):
        run(where, schema)


def test_a_header_that_we_did_not_sign_fails(kalidoni: Region, lombok: Region) -> None:
    for signature in ("0" * 64, sign_scope("id-2", lombok.schema_name), sign_scope("id-1", kalidoni.schema_name)):
        with pytest.raises(RegionNotServed):
            run(where, lombok.schema_name, signature)


def test_a_platform_task_is_not_run_in_a_region(kalidoni: Region) -> None:
    with pytest.raises(RegionNotServed):
        run(on_the_platform, kalidoni.schema_name)


@pytest.mark.parametrize("status", [s for s in RegionStatus.values if s != RegionStatus.READY])
def test_a_region_that_is_not_ready_gets_no_work(kalidoni: Region, status: str) -> None:
    with on_platform():
        Region.objects.filter(pk=kalidoni.pk).update(status=status)
    with pytest.raises(RegionNotServed):
        run(where, kalidoni.schema_name)


def test_a_message_is_stamped_with_the_region_of_the_call(kalidoni: Region) -> None:
    headers: dict[str, Any] = {"id": "id-1"}
    with in_region(kalidoni):
        _stamp(sender=where.name, headers=headers)
    assert headers[HEADER] == kalidoni.schema_name
    assert headers[SIGNATURE] == sign_scope("id-1", kalidoni.schema_name)


def test_what_beat_sends_belongs_to_the_platform(db: None) -> None:
    headers: dict[str, Any] = {"id": "id-1"}
    _stamp(sender=on_the_platform.name, headers=headers)
    assert headers[HEADER] == "public"


def test_nothing_is_enqueued_by_what_is_rolled_back(
    kalidoni: Region, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with in_region(kalidoni), django_capture_on_commit_callbacks() as callbacks:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            where.on_commit()
            1 / 0  # noqa: B018
        with transaction.atomic():
            where.on_commit()
    assert len(callbacks) == 1


def test_every_task_of_ours_says_where_it_belongs() -> None:
    from warsa.celery import app

    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if name.split(".")[0] in ("tenants", "shared_apps", "tenant_apps")]
    assert len(ours) >= 6
    assert [task.name for task in ours if not isinstance(task, ScopedTask)] == []
