"""A region is shut for everybody and opened again; each step is a row of its history."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from shared_apps.exchange.tasks import tell_region
from tenant_apps.accounts.models import Role
from tenants.backup.models import SideSchema
from tenants.context import in_region, on_platform
from tenants.errors import RegionNotServed
from tenants.lifecycle.errors import NotInThisState, ReasonMissing, RestoreUnderWay
from tenants.lifecycle.models import RegionEvent
from tenants.lifecycle.standing import reactivate, suspend
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tenants.outbox.tasks import deliver_in_region
from tests.cast import browser_of, person
from tests.tenants.test_tasks import run

BY = "operator:0"


def status(region: Region) -> str:
    with on_platform():
        region.refresh_from_db()
    return str(region.status)


def moves() -> list[tuple[str, str, str]]:
    with on_platform():
        return list(RegionEvent.objects.order_by("pk").values_list("move", "before", "after"))


def test_nobody_enters_and_everything_is_back_afterwards(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        client = browser_of(person("Budi", Role.ADMIN))
    assert client.get("/wilayah/").status_code == 200
    assert suspend(region=kalidoni, by=BY, reason="Laporan warga", told="Sedang diperiksa <b>sampai Senin</b>.")
    assert not suspend(region=kalidoni, by=BY, reason="lagi")
    for path in ("/", "/wilayah/", "/healthz", "/api/v1/", "/sw.js"):
        answer = client.get(path)
        assert (answer.status_code, answer["Cache-Control"], answer["X-Warsa-Shut"]) == (503, "no-store", "suspended")
        assert answer["Clear-Site-Data"] == '"cache"'
        assert "Sedang diperiksa &lt;b&gt;sampai Senin&lt;/b&gt;." in answer.content.decode()
    assert client.post("/masuk/", {"login": "budi@example.test"}).status_code == 503
    assert Client(headers={"host": "lombok.localhost"}).get("/healthz").status_code == 200
    assert reactivate(region=kalidoni, by=BY, reason="Selesai diperiksa")
    assert not reactivate(region=kalidoni, by=BY, reason="lagi")
    answer = client.get("/wilayah/")
    assert (answer.status_code, "Clear-Site-Data" in answer.headers) == (200, False)
    assert moves() == [("suspend", "ready", "suspended"), ("reactivate", "suspended", "ready")]


def test_what_waits_to_leave_or_to_be_told_waits(kalidoni: Region) -> None:
    suspend(region=kalidoni, by=BY, reason="x")
    for task in (deliver_in_region, tell_region):
        with pytest.raises(RegionNotServed):
            run(task, kalidoni.schema_name)


def test_the_admins_are_told_by_the_platform(kalidoni: Region) -> None:
    with in_region(kalidoni):
        person("Budi", Role.ADMIN)
        person("Yuli", Role.SATKER)
    suspend(region=kalidoni, by=BY, reason="Laporan warga")
    reactivate(region=kalidoni, by=BY, reason="Selesai")
    with on_platform():
        mails = [one.payload for one in OutboxMessage.objects.filter(kind="mail").order_by("pk")]
    assert [mail["to"] for mail in mails] == ["budi@example.test"] * 2
    assert "Laporan warga" in mails[0]["body"]


def test_a_reason_is_needed_and_the_state_must_fit(kalidoni: Region) -> None:
    for step in (suspend, reactivate):
        with pytest.raises(ReasonMissing):
            step(region=kalidoni, by=BY, reason="  ")
    with on_platform():
        Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.CLOSED)
    for step in (suspend, reactivate):
        with pytest.raises(NotInThisState):
            step(region=kalidoni, by=BY, reason="x")
    assert moves() == []


def test_a_swap_that_is_under_way_is_not_disturbed(kalidoni: Region) -> None:
    with on_platform():
        Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.SUSPENDED)
        SideSchema.objects.create(
            schema_name="t_beside", region=kalidoni, state="restored", archive_id=kalidoni.public_id,
            archive_made_at=datetime(2026, 11, 1, tzinfo=UTC), status_before="ready",
        )  # fmt: skip
    with pytest.raises(RestoreUnderWay):
        reactivate(region=kalidoni, by=BY, reason="x")
    assert status(kalidoni) == RegionStatus.SUSPENDED


def test_the_history_is_never_changed(kalidoni: Region) -> None:
    suspend(region=kalidoni, by=BY, reason="x")
    with on_platform():
        rows = RegionEvent.objects.all()
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.update(by="nobody")
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            rows.delete()
