"""The operators' pages of the fleet: what is under way, what failed, what is parked, what differs."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from shared_apps.operations.templatetags.operations import duration
from tenants.fleet.models import Drift, FleetRun, FleetTask, ParkedRegion
from tenants.fleet.tasks import migrate_region
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region
from tests.shared_apps.operations.people import operator_browser

pytestmark = pytest.mark.usefixtures("platform")

PAGES = ["/operator/armada/", "/operator/armada/diparkir/", "/operator/armada/penyimpangan/"]


@pytest.fixture
def operator() -> Client:
    return operator_browser()


def a_run(**fields: object) -> FleetRun:
    now = clock.now()
    given = {"kind": "migrate", "target": "abc123", "state": "running", "wave": 2, "started_at": now, "seen_at": now}
    return FleetRun.objects.create(**{**given, "plans": {"old": ["catalog.0003_note"]}, **fields})


def tasks_of(run: FleetRun, states: list[str]) -> list[FleetTask]:
    return [
        FleetTask.objects.create(
            run=run,
            region=Region.objects.create(name=f"Kecamatan {run.pk}-{number}"),
            wave=1 if number == 0 else 2,
            state=state,
            error="DuplicateColumn: <b>note</b>" if state == "failed" else "",
        )
        for number, state in enumerate(states)
    ]


def text_of(client: Client, path: str, **headers: str) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_pages_without_anything(operator: Client) -> None:
    for page in PAGES:
        assert "Pada versi ini" in text_of(operator, page)
    assert operator.get("/operator/armada/999999/").status_code == 404
    assert operator.get("/operator/armada/999999999999999999999/").status_code == 404


def test_a_run_shows_waves_failures_and_goes_on_by_itself(operator: Client) -> None:
    run = a_run(started_at=clock.now() - timedelta(seconds=95))
    tasks_of(run, ["done", "done", "failed", "pending"])
    page = text_of(operator, f"/operator/armada/{run.pk}/")
    for expected in ("3 dari 4", "1 menit 35 detik", "Perintis", "Sepuluh wilayah", "catalog.0003_note", "Sisa waktu"):
        assert expected in page, expected
    assert "DuplicateColumn: &lt;b&gt;note&lt;/b&gt;" in page
    assert 'hx-trigger="every 2s"' in page and "<html" in page
    piece = text_of(operator, f"/operator/armada/{run.pk}/?page=999", **{"HX-Request": "true"})
    assert piece.lstrip().startswith('<div id="run"') and "<html" not in piece
    run.state, run.ended_at = "finished", clock.now()
    run.save()
    assert "hx-trigger" not in text_of(operator, f"/operator/armada/{run.pk}/")


@pytest.mark.parametrize(
    ("kind", "words"),
    [("migrate", "warsa fleet migrate"), ("verify", "seperempat jam"), ("command", "warsa fleet run --resume")],
)
def test_a_run_that_was_cut_off_says_what_to_do(operator: Client, kind: str, words: str) -> None:
    run = a_run(kind=kind, seen_at=clock.now() - timedelta(minutes=5))
    page = text_of(operator, f"/operator/armada/{run.pk}/")
    assert "terputus" in page and words in page
    assert "terputus" in text_of(operator, "/operator/armada/")


def test_many_runs_take_no_more_queries_than_few(operator: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            text_of(operator, "/operator/armada/")
        return len(captured)

    tasks_of(a_run(), ["done", "failed"])
    few = queries()
    for _ in range(8):
        tasks_of(a_run(), ["done", "failed"])
    assert queries() == few


def test_a_parked_region_is_tried_again(operator: Client) -> None:
    run = a_run()
    (task,) = tasks_of(run, ["failed"])
    ParkedRegion.objects.create(region=task.region, reason="DuplicateColumn: note", run=run)
    page = text_of(operator, "/operator/armada/diparkir/")
    assert task.region.name in page and "DuplicateColumn: note" in page
    path = f"/operator/armada/diparkir/{task.region.public_id}/coba/"
    assert path in page
    assert operator.get(path).status_code == 405
    with mock.patch.object(migrate_region, "on_commit") as sent:
        answer = operator.post(path)
        assert (answer.status_code, answer["Location"]) == (302, "/operator/armada/diparkir/")
        sent.assert_called_once_with(task.region.pk)
        # A second tap finds it gone, and nothing is sent twice.
        assert operator.post(path).status_code == 404
        assert sent.call_count == 1
    assert not ParkedRegion.objects.exists()
    task.refresh_from_db()
    assert task.state == "pending"


def test_drift_is_told_line_by_line(operator: Client) -> None:
    region = Region.objects.create(name="Kecamatan Lain")
    Drift.objects.create(region=region, version="abc", differences=["columns: + x.<i>y</i>", "indexes: - z"], number=2)
    page = text_of(operator, "/operator/armada/penyimpangan/")
    assert region.name in page and "2 perbedaan" in page and "columns: + x.&lt;i&gt;y&lt;/i&gt;" in page


def test_a_stranger_is_kept_out(operator: Client) -> None:
    run = a_run()
    (task,) = tasks_of(run, ["failed"])
    ParkedRegion.objects.create(region=task.region, reason="x")
    retry = f"/operator/armada/diparkir/{task.region.public_id}/coba/"
    stranger = Client(headers={"host": "localhost"})
    stranger.force_login(User.objects.create_user(password="x", email="made@example.test", name="Made"))
    for path in (*PAGES, f"/operator/armada/{run.pk}/"):
        assert stranger.get(path).status_code == 404
        assert Client(headers={"host": "localhost"}).get(path).status_code == 302
        assert operator.get(path, headers={"host": "kalidoni.localhost"}).status_code == 404
    assert stranger.post(retry).status_code == 404
    assert ParkedRegion.objects.count() == 1


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, ""), (0.3, "kurang dari satu detik"), (7, "7 detik"), (95, "1 menit 35 detik"), (7380, "2 jam 3 menit")],
)
def test_durations(seconds: float | None, text: str) -> None:
    with translation.override("id"):
        assert duration(seconds) == text
