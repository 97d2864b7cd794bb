"""Every night each region that lives lies in a file; the eldest files go; a killed worker is gone on with."""

from __future__ import annotations

import hashlib
import itertools
import stat
from datetime import UTC, date, datetime, timedelta

import pytest

from shared_apps.archives.models import KeptArchive
from shared_apps.archives.services import archiving
from shared_apps.archives.services.archiving import file_of, make_next, order_archive, plan_night, to_keep
from shared_apps.care.jobs import listed
from shared_apps.operations.models import RegionRollup
from tenants.backup.archive import opened
from tenants.context import on_platform
from tenants.models import Region, RegionStatus
from tests.tenants.backup.conftest import plaju as plaju

STATE = KeptArchive.State
NIGHT = date(2026, 11, 30)


def test_the_file_is_whole_and_noted(plaju: Region) -> None:
    with on_platform():
        archive = order_archive(region=plaju, by="user:x")
        # Another who orders it meanwhile waits for the same.
        assert order_archive(region=plaju, by="user:y").pk == archive.pk
        assert make_next(0) is True
        assert make_next(0) is False
        archive.refresh_from_db()
        assert (archive.state, archive.error) == (STATE.MADE, "")
        path = file_of(archive)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert hashlib.sha256(path.read_bytes()).hexdigest() == archive.sha256
        with opened(path) as reader:
            assert reader.manifest.region.public_id == str(plaju.public_id)
            assert reader.manifest.rows == archive.rows > 100
            assert reader.manifest.when == archive.made_at
        assert RegionRollup.objects.get(region=plaju).backup_at == archive.made_at
        assert [one.name for one in path.parent.iterdir()] == [path.name]


@pytest.mark.usefixtures("platform")
class TestNights:
    @pytest.fixture(autouse=True)
    def quick(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """Making is another test's: here it is only noted."""
        made: list[str] = []

        def make(archive: KeptArchive) -> None:
            made.append(archive.region.name)
            KeptArchive.objects.filter(pk=archive.pk).update(
                state=STATE.MADE, made_at=datetime.now(UTC), path="x", sha256="x", ended_at=datetime.now(UTC)
            )

        monkeypatch.setattr(archiving, "_make", make)
        return made

    def test_each_living_region_once(self, quick: list[str], kalidoni: Region, lombok: Region) -> None:
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
        assert plan_night(NIGHT) == 2
        assert plan_night(NIGHT) == 2
        while make_next(0):
            pass
        assert sorted(quick) == ["Kalidoni", "Lombok"]
        assert plan_night(NIGHT) == 0
        assert plan_night(NIGHT + timedelta(days=1)) == 2
        (done, under_way) = sorted(listed("backup"), key=lambda job: job.running)
        assert (done.done, done.total, done.running) == (2, 2, False)
        assert (under_way.done, under_way.total, under_way.running) == (0, 2, True)

    def test_closed_ones_are_left_out(self, quick: list[str], kalidoni: Region, lombok: Region) -> None:
        plan_night(NIGHT)
        Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.CLOSED)
        while make_next(0):
            pass
        assert quick == ["Lombok"]
        assert KeptArchive.objects.get(region=kalidoni).state == STATE.SKIPPED

    def test_what_a_killed_process_was_at_is_begun_anew_three_times(self, quick: list[str], lombok: Region) -> None:
        order_archive(region=lombok, by="user:x")
        KeptArchive.objects.update(state=STATE.RUNNING, lane=1, attempts=2)
        # Another lane leaves it alone: whoever has it may live.
        assert make_next(0) is False
        assert make_next(1) is True
        assert KeptArchive.objects.get().state == STATE.MADE
        KeptArchive.objects.update(state=STATE.RUNNING, attempts=3)
        make_next(1)
        archive = KeptArchive.objects.get()
        assert (archive.state, archive.error, quick) == (STATE.FAILED, "CutOff", ["Lombok"])

    def test_what_was_ordered_goes_first(self, quick: list[str], kalidoni: Region, lombok: Region) -> None:
        KeptArchive.objects.create(region=kalidoni, day=NIGHT, by="system:archives")
        order_archive(region=lombok, by="user:x")
        make_next(0)
        assert quick == ["Lombok"]


def test_no_room_is_told_and_nothing_is_begun(
    platform: None, kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "ROOM", 2**62)
    order_archive(region=kalidoni, by="user:x")
    make_next(0)
    archive = KeptArchive.objects.get()
    assert (archive.state, archive.error) == (STATE.FAILED, "NoRoom")
    assert "penuh" in archive.error_words


def test_the_last_of_days_and_weeks_stay() -> None:
    newest = datetime(2026, 11, 30, 19, 15, tzinfo=UTC)
    moments = [newest - timedelta(hours=12 * n) for n in range(120)]
    kept = sorted(to_keep(moments, 7, 4), reverse=True)
    # Seven days, of each the later one; four weeks, of which the newest two lie among those days.
    assert len(kept) == 7 + 2
    assert kept[0] == newest
    assert all(first - second >= timedelta(hours=12) for first, second in itertools.pairwise(kept))
    assert newest - kept[-1] < timedelta(days=28)
    # A region whose archives failed for months keeps what it has.
    assert to_keep(moments[-1:], 7, 4) == {moments[-1]}


def test_files_that_no_day_or_week_keeps_are_gone(plaju: Region) -> None:
    with on_platform():
        for _ in range(2):
            order_archive(region=plaju, by="user:x")
            make_next(0)
        newer, older = KeptArchive.objects.order_by("-pk")
        assert (older.state, newer.state) == (STATE.REMOVED, STATE.MADE)
        assert not file_of(older).exists() and file_of(newer).exists()
