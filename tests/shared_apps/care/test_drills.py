"""A region is restored for a trial each night: nothing of it stays, and what differs is found."""

from __future__ import annotations

from datetime import date
from unittest import mock

import pytest
from django.db import connection

from shared_apps.care.errors import NotToBeStopped
from shared_apps.care.models import DrillNight, RestoreProof
from shared_apps.care.services.drilling import drill_next, order_drill, plan_night, retry_proof, stop_night
from shared_apps.operations.models import RegionRollup
from tenants.backup import drilling, loading
from tenants.backup.models import SideSchema
from tenants.context import as_owner, in_region, on_platform
from tenants.fleet.life import ask_to_stop
from tenants.fleet.models import FleetRun, FleetTask
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tests.cast import browser_of, build_cast
from tests.shared_apps.operations.people import operator_browser
from tests.tenants.backup.conftest import plaju as plaju
from tests.tenants.backup.plaju import contents
from tests.world import schemas

STATE = RestoreProof.State
DAY = date(2026, 11, 30)


def test_a_region_is_proven_and_nothing_stays(plaju: Region) -> None:
    before = contents(plaju)
    with on_platform():
        there = schemas(waiting=False)
        night = order_drill(by="user:x", regions=[plaju])
        assert drill_next() is False
        proof = RestoreProof.objects.get()
        assert (proof.state, proof.differences, proof.files) == (STATE.PASSED, [], 3)
        assert proof.tables > 50 and proof.rows > 100
        assert proof.totals["ledger"]["entries"] == 3 and proof.totals["ledger"]["debits"] > 0
        night.refresh_from_db()
        assert night.ended_at is not None
        assert RegionRollup.objects.get(region=plaju).restore_proof_passed is True
        assert SideSchema.objects.count() == 0
        assert schemas(waiting=False) == there
    assert contents(plaju) == before
    with in_region(plaju):
        budi = browser_of(User.objects.get(name="Budi"), "plaju")
    page = budi.get("/wilayah/cadangan/")
    assert page.status_code == 200 and "kembali persis" in page.content.decode()


def test_a_changed_row_and_a_changed_file_are_found(plaju: Region) -> None:
    load = loading.fill_schema

    def spoil(*, reader: object, schema: str, region: Region) -> None:
        load(reader=reader, schema=schema, region=region)  # type: ignore[arg-type]
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE \"{schema}\".identity_user SET name = 'Bukan Ratna' WHERE name = 'Ratna'")

    with on_platform(), mock.patch.object(loading, "fill_schema", spoil):
        order_drill(by="user:x", regions=[plaju])
        drill_next()
        proof = RestoreProof.objects.get()
        assert (proof.state, proof.differences) == (STATE.FAILED, ["table identity_user"])
        assert RegionRollup.objects.get(region=plaju).restore_proof_passed is False
        assert SideSchema.objects.count() == 0
    with on_platform():
        retry_proof(proof=proof, by="user:x")
        drill_next()
        assert [one.state for one in RestoreProof.objects.order_by("pk")] == [STATE.FAILED, STATE.PASSED]


@pytest.mark.usefixtures("platform")
class TestNights:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        done: list[str] = []

        def drill(region: Region) -> drilling.Drill:
            done.append(region.name)
            return drilling.Drill(archive_made_at=clock.now(), seconds=1.0, tables=1, rows=1)

        monkeypatch.setattr("shared_apps.care.services.drilling.drill", drill)
        return done

    def test_a_night_is_planned_once_and_done_one_by_one(self, quick: list[str], settings) -> None:  # type: ignore[no-untyped-def]
        settings.DRILL_REGIONS = 2
        night = plan_night(DAY)
        assert night is not None and plan_night(DAY) is None
        assert drill_next() is True
        assert drill_next() is False
        assert drill_next() is False
        assert sorted(quick) == ["Kalidoni", "Lombok"]
        night.refresh_from_db()
        assert night.ended_at is not None

    def test_what_a_killed_process_was_at_is_begun_anew_three_times(self, quick: list[str]) -> None:
        order_drill(by="user:x", regions=[Region.objects.get(name="Lombok")])
        RestoreProof.objects.update(state=STATE.RUNNING, attempts=2)
        drill_next()
        assert RestoreProof.objects.get().state == STATE.PASSED
        RestoreProof.objects.update(state=STATE.RUNNING, attempts=3)
        drill_next()
        assert (RestoreProof.objects.get().state, quick) == (STATE.FAILED, ["Lombok"])

    def test_stopping_leaves_the_rest_out(self, quick: list[str], settings) -> None:  # type: ignore[no-untyped-def]
        settings.DRILL_REGIONS = 2
        night = order_drill(by="user:x")
        drill_next()
        stop_night(night=night, by="user:y")
        assert drill_next() is False
        assert sorted(one.state for one in RestoreProof.objects.all()) == [STATE.PASSED, STATE.SKIPPED]
        assert len(quick) == 1
        with pytest.raises(NotToBeStopped):
            stop_night(night=night, by="user:y")

    def test_a_region_that_was_shut_meanwhile_is_left_out(self, quick: list[str]) -> None:
        lombok = Region.objects.get(name="Lombok")
        order_drill(by="user:x", regions=[lombok])
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
        drill_next()
        assert (RestoreProof.objects.get().state, quick) == (STATE.SKIPPED, [])

    def test_the_pages_order_repeat_and_stop(self, quick: list[str]) -> None:
        browser = operator_browser()
        assert browser.post("/operator/pekerjaan/uji/mulai/", {"region": "tidak.ada"}).status_code == 400
        assert browser.post("/operator/pekerjaan/uji/mulai/", {"region": "lombok.localhost"}).status_code == 302
        night = DrillNight.objects.get()
        page = browser.get("/operator/pekerjaan/").content.decode()
        assert f"/operator/pekerjaan/uji/{night.pk}/hentikan/" in page
        proof = RestoreProof.objects.get()
        again = f"/operator/pekerjaan/uji/{proof.public_id}/ulangi/"
        assert browser.post(again).status_code == 404
        RestoreProof.objects.update(state=STATE.FAILED, differences=["table x"], ended_at=clock.now())
        assert "table x" in browser.get("/operator/pekerjaan/uji/").content.decode()
        assert browser.post(again).status_code == 302
        assert browser.post(f"/operator/pekerjaan/uji/{night.pk}/hentikan/").status_code == 302


def test_a_region_sees_its_own_proofs_alone(kalidoni: Region, lombok: Region) -> None:
    with on_platform():
        night = DrillNight.objects.create(by="user:x", ended_at=clock.now())
        for region in (kalidoni, lombok):
            RestoreProof.objects.create(
                night=night, region=region, state=STATE.PASSED, ended_at=clock.now(), rows=region.pk
            )
    with in_region(kalidoni), connection.cursor() as cursor:
        cursor.execute("SELECT region_id FROM public.care_restoreproof")
        assert cursor.fetchall() == [(kalidoni.pk,)]
        cast = build_cast()
        budi, ratna = browser_of(cast.budi), browser_of(cast.ratna)
    assert "kembali persis" in budi.get("/wilayah/cadangan/").content.decode()
    assert ratna.get("/wilayah/cadangan/").status_code == 404


@pytest.mark.usefixtures("platform")
class TestRuns:
    def test_one_that_nobody_works_on_ends_at_once(self) -> None:
        run = FleetRun.objects.create(kind="verify", state="running", started_at=clock.now())
        browser = operator_browser()
        stop = f"/operator/pekerjaan/armada/{run.pk}/hentikan/"
        assert stop in browser.get("/operator/pekerjaan/?kind=fleet").content.decode()
        browser.post(stop)
        run.refresh_from_db()
        assert (run.state, run.ended_at is not None) == (FleetRun.State.STOPPED, True)
        assert "sudah selesai" in browser.post(stop, follow=True).content.decode()

    def test_one_under_way_is_asked(self) -> None:
        run = FleetRun.objects.create(kind="verify", state="running", started_at=clock.now(), seen_at=clock.now())
        FleetTask.objects.create(run=run, region=Region.objects.get(name="Lombok"))
        assert ask_to_stop(run, by="user:x") and not ask_to_stop(run, by="user:y")
        run.refresh_from_db()
        assert (run.state, run.stop_asked_by) == (FleetRun.State.RUNNING, "user:x")
