"""A region closes: announced, shut on its day with an archive for its admins, deleted on a later one with proof."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from shared_apps.onboarding.models import CoverageClaim
from tenant_apps.accounts.models import Role
from tenant_apps.ledger.services import Posting, account_of_citizen, account_of_provider, post
from tenants.backup.files import folder_of
from tenants.backup.importing import import_region
from tenants.backup.restoring import wipe
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import DomainError, StaleDocument
from tenants.lifecycle import closing, handing
from tenants.lifecycle.errors import DayOutOfRange, MoneyOwed, NotInThisState, NotTyped, ReasonMissing
from tenants.lifecycle.hooks import debts_of
from tenants.lifecycle.models import Closing, HandedArchive, RegionEvent
from tenants.models import Domain, Region, RegionStatus, SlugClaim
from tenants.outbox.models import OutboxMessage
from tenants.provisioning import schema_exists
from tests.cast import person
from tests.tenants.backup.plaju import KECAMATAN, SLUG, build_plaju
from tests.tenants.backup.plaju import contents as every_table
from tests.world import admin

BY = "operator:0"
State = Closing.State


@pytest.fixture
def plaju(committed: None) -> Iterator[Region]:
    region = build_plaju()
    yield region
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "regions", ignore_errors=True)
    shutil.rmtree(settings.ARCHIVES_ROOT, ignore_errors=True)


def owed(region: Region) -> int:
    return sum(one.amount for one in debts_of(region))


def announced(region: Region, *, settlement: str = "Dibayar tunai di kantor camat.", **more: Any) -> Closing:
    now = clock.now()
    wanted: dict[str, Any] = {
        "reason": "Kecamatan digabung",
        "typed_slug": SLUG,
        "closes_at": now + timedelta(days=20),
        "deletes_at": now + timedelta(days=60),
        "settlement": settlement,
        **more,
    }
    return closing.announce(region=region, by=BY, **wanted)


def contents(region: Region) -> dict[str, str]:
    """A digest of every table but the region's log, which tells of the closing itself."""
    return {name: digest for name, digest in every_table(region).items() if not name.startswith("audit_")}


class Calendar:
    """The days go by without waiting for them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._ahead = timedelta()
        real = clock.now
        monkeypatch.setattr(clock, "now", lambda: real() + self._ahead)

    def pass_days(self, days: int) -> None:
        self._ahead += timedelta(days=days)


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Calendar:
    return Calendar(monkeypatch)


def page(path: str = "/healthz") -> int:
    return Client(headers={"host": f"{SLUG}.localhost"}).get(path).status_code


def again(found: Closing) -> Closing:
    with on_platform():
        return Closing.objects.select_related("region").get(pk=found.pk)


def due() -> list[int]:
    with on_platform():
        return closing.due()


def test_the_whole_way_and_back_from_the_archive(plaju: Region, days: Calendar) -> None:
    with in_region(plaju):
        person("Camat", Role.ADMIN)
    found = announced(plaju)
    assert (closing.tend(found, drain_s=0), due(), page()) == (State.ANNOUNCED, [], 200)
    with on_platform():
        plaju.refresh_from_db()
    banner = Client(headers={"host": f"{SLUG}.localhost"}).get("/").content.decode()
    assert plaju.closes_at is not None
    assert (
        f"{plaju.closes_at.astimezone(ZoneInfo('Asia/Jakarta')).day}"
        in banner.partition('class="alert warning')[2][:400]
    )

    days.pass_days(21)
    then = contents(plaju)
    assert due() == [found.pk]
    assert closing.tend(found, drain_s=0) == State.CLOSED
    assert (page(), due()) == (410, [])
    archive = closing.handing_of(found)
    assert handing.holds(archive)
    with on_platform():
        mail = OutboxMessage.objects.filter(kind="mail", payload__to="camat@example.test").latest("pk").payload["body"]
    link = next(word for word in mail.split() if "/arsip/" in word)
    path = link.partition("localhost:")[2].partition("/")[2]
    fetching = Client(headers={"host": "localhost"})
    assert archive.sha256 in fetching.get(f"/{path}").content.decode()
    got: Any = fetching.post(f"/{path}unduh/")
    assert (got.status_code, b"".join(got.streaming_content)) == (200, handing.file_of(archive).read_bytes())
    assert fetching.get(f"/{path[:-3]}xx/").status_code == 404

    days.pass_days(40)
    assert due() == [found.pk]
    assert closing.tend(found, drain_s=0) == State.DELETED
    with on_platform():
        assert not schema_exists(plaju)
        assert Domain.objects.filter(tenant=plaju).exists()
        assert SlugClaim.objects.filter(region=plaju).exists()
        assert not CoverageClaim.objects.filter(region=plaju).exists()
        moves = list(RegionEvent.objects.filter(region=plaju).order_by("pk").values_list("move", flat=True))
    assert not folder_of(plaju.schema_name).exists()
    with admin() as cursor:
        assert cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [plaju.schema_name]).fetchone() is None
    assert moves == ["announce_closing", "close", "fetch_archive", "begin_deletion", "delete", "data_deleted"]
    assert (page(), closing.tend(found, drain_s=0)) == (410, State.DELETED)
    with pytest.raises(StaleDocument):
        closing.undo(closing=found, by=BY, reason="terlambat")

    # What its admins hold brings everything back, as the region that it was.
    back = import_region(path=handing.file_of(archive))
    assert (back.pk, contents(back)) == (plaju.pk, then)
    with on_platform():
        assert CoverageClaim.objects.filter(region=back).values_list("kecamatan_code", flat=True).get() == KECAMATAN
        Region.objects.filter(pk=back.pk).update(status=RegionStatus.CLOSED)

    days.pass_days(60)
    with on_platform():
        assert (handing.sweep(), handing.sweep()) == (1, 0)
    assert not handing.file_of(archive).exists()
    assert fetching.get(f"/{path}").status_code == 404


@pytest.mark.parametrize("after", [0, 21])
def test_it_is_taken_back(plaju: Region, days: Calendar, after: int) -> None:
    found = announced(plaju)
    before = contents(plaju)
    days.pass_days(after)
    closing.tend(found, drain_s=0)
    assert page() == (200 if not after else 410)
    assert closing.undo(closing=found, by=BY, reason="Batal digabung")
    assert not closing.undo(closing=found, by=BY, reason="lagi")
    days.pass_days(90)
    assert (closing.tend(found, drain_s=0), page(), due()) == (State.UNDONE, 200, [])
    with on_platform():
        plaju.refresh_from_db()
    assert (plaju.status, plaju.closes_at, contents(plaju) == before) == (RegionStatus.READY, None, True)
    assert announced(plaju).pk != found.pk


def test_money_of_people_stands_in_the_way(plaju: Region, days: Calendar) -> None:
    with in_region(plaju):
        ratna = person("Tini")
        base = owed_in_region()
        post(
            key="test:saldo", text="saldo", by=BY,
            postings=[Posting(account_of_provider("uji"), 75_000), Posting(account_of_citizen(ratna), -75_000)],
        )  # fmt: skip
    assert owed(plaju) == base + 75_000
    with pytest.raises(MoneyOwed) as refused:
        announced(plaju, settlement=" ")
    assert sum(one.amount for one in refused.value.context["owed"]) == base + 75_000
    found = announced(plaju, settlement="Tunai")
    # Whoever announced it knew of money; that is not so where it came afterwards.
    with on_platform():
        Closing.objects.filter(pk=found.pk).update(settlement="")
    days.pass_days(21)
    assert closing.tend(found, drain_s=0) == State.ANNOUNCED
    assert page() == 200
    found = again(found)
    assert "75.000" in found.held_because or str(base + 75_000)[-3:] in found.held_because
    with on_platform():
        Closing.objects.filter(pk=found.pk).update(settlement="Tunai")
    assert closing.tend(found, drain_s=0) == State.CLOSED


def owed_in_region() -> int:
    from tenant_apps.ledger.hooks import owed as told

    return sum(one.amount for one in told())


def test_nothing_is_deleted_without_an_archive_that_holds(plaju: Region, days: Calendar) -> None:
    found = announced(plaju)
    days.pass_days(21)
    closing.tend(found, drain_s=0)
    archive = closing.handing_of(found)
    path = handing.file_of(archive)
    whole = path.read_bytes()
    before = contents(plaju)
    days.pass_days(60)
    path.chmod(0o600)
    for spoilt in (whole[:-100], whole[:5000] + b"x" + whole[5001:]):
        path.write_bytes(spoilt)
        assert closing.tend(found, drain_s=0) == State.CLOSED
        found = again(found)
        assert "nothing is deleted" in found.held_because
        assert contents(plaju) == before
    path.write_bytes(whole)
    # Somebody wrote a row past everything: the archive is not the region any more.
    with admin() as cursor:
        cursor.execute(f"UPDATE {plaju.schema_name}.identity_user SET name = 'lain' WHERE name = 'Ratna'")
    assert closing.tend(found, drain_s=0) == State.CLOSED
    with on_platform():
        assert schema_exists(plaju)
    with admin() as cursor:
        cursor.execute(f"UPDATE {plaju.schema_name}.identity_user SET name = 'Ratna' WHERE name = 'lain'")
    assert closing.tend(found, drain_s=0) == State.DELETED


def test_a_worker_that_dies_in_between_is_gone_on_with(
    plaju: Region, days: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = announced(plaju)
    days.pass_days(21)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for where in ("tenants.lifecycle.handing.export_region", "tenants.lifecycle.handing.tell_admins"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(where, die)
            closing.tend(found, drain_s=0)
        assert (page(), due()) == (410, [found.pk])
    closing.tend(found, drain_s=0)
    days.pass_days(60)
    for where in ("tenants.lifecycle.closing.wipe", "tenants.lifecycle.closing.tell_gone"):
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(where, die)
            closing.tend(found, drain_s=0)
        assert due() == [found.pk]
    assert closing.tend(found, drain_s=0) == State.DELETED


def test_data_kept_for_long_are_deleted_all_the_same(plaju: Region, days: Calendar) -> None:
    found = announced(plaju, deletes_at=clock.now() + timedelta(days=200))
    days.pass_days(21)
    closing.tend(found, drain_s=0)
    first = handing.file_of(closing.handing_of(found))
    days.pass_days(100)
    with on_platform():
        assert handing.sweep() == 0
    assert first.is_file()
    # A file that somebody lost is made anew, and its admins get a link to the new one.
    first.unlink()
    days.pass_days(100)
    assert closing.tend(found, drain_s=0) == State.DELETED
    archive = closing.handing_of(found)
    assert (archive.path != first.name, handing.holds(archive)) == (True, True)
    with on_platform():
        assert handing.sweep() == 0


def test_a_deletion_that_has_begun_is_not_taken_back(
    plaju: Region, days: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = announced(plaju)
    days.pass_days(21)
    closing.tend(found, drain_s=0)
    days.pass_days(60)
    trial = closing._must_come_back

    def meanwhile(region: Region, archive: HandedArchive) -> None:
        trial(region, archive)
        with pytest.raises(StaleDocument):
            closing.undo(closing=again(found), by=BY, reason="Batal")

    def overtaken(region: Region, archive: HandedArchive) -> None:
        """Another worker gave up, and it was taken back, while this one slept."""
        trial(region, archive)
        with on_platform():
            Closing.objects.filter(pk=found.pk).update(state=State.CLOSED)
        assert closing.undo(closing=again(found), by=BY, reason="Batal")

    before = contents(plaju)
    with monkeypatch.context() as patch:
        patch.setattr(closing, "_must_come_back", overtaken)
        assert closing.tend(again(found), drain_s=0) == State.UNDONE
    assert (page(), contents(plaju)) == (200, before)
    found = announced(plaju)
    days.pass_days(21)
    closing.tend(found, drain_s=0)
    days.pass_days(60)
    monkeypatch.setattr(closing, "_must_come_back", meanwhile)
    assert closing.tend(again(found), drain_s=0) == State.DELETED


def test_nobody_opens_a_region_whose_data_are_gone(plaju: Region, days: Calendar) -> None:
    found = announced(plaju)
    days.pass_days(21)
    closing.tend(found, drain_s=0)
    wipe(region=plaju, typed_slug=SLUG, archive=handing.file_of(closing.handing_of(found)), drain_s=0)
    with pytest.raises(NotInThisState):
        closing.undo(closing=again(found), by=BY, reason="Batal")
    assert (again(found).state, page()) == (State.CLOSED, 410)


def test_half_files_go_after_a_day(plaju: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    with on_platform():
        archive = HandedArchive.objects.create(region=plaju, by=BY)
        archive = HandedArchive.objects.select_related("region").get(pk=archive.pk)
    digest = handing._digest

    def die(path: Path) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(handing, "_digest", die)
        handing.fulfil(archive)
    assert handing.fulfil(archive) and digest(handing.file_of(archive)) == archive.sha256
    root = Path(settings.ARCHIVES_ROOT)
    (root / "plaju-1405.warsa").write_bytes(b"kept by a person")
    assert len(list(root.iterdir())) == 3
    with on_platform():
        handing.sweep()
    assert len(list(root.iterdir())) == 3
    for path in root.iterdir():
        os.utime(path, (0, 0))
    with on_platform():
        handing.sweep()
    assert {path.name for path in root.iterdir()} == {archive.path, "plaju-1405.warsa"}


def test_what_is_asked_must_be_right(plaju: Region) -> None:
    now = clock.now()
    wrong: list[tuple[type[DomainError], dict[str, Any]]] = [
        (ReasonMissing, {"reason": ""}),
        (NotTyped, {"typed_slug": "kalidoni"}),
        (DayOutOfRange, {"closes_at": now + timedelta(days=3)}),
        (DayOutOfRange, {"closes_at": now - timedelta(days=3)}),
        (DayOutOfRange, {"closes_at": now + timedelta(days=400), "deletes_at": now + timedelta(days=440)}),
        (DayOutOfRange, {"deletes_at": now + timedelta(days=25)}),
        (DayOutOfRange, {"deletes_at": now + timedelta(days=900)}),
    ]
    for refusal, more in wrong:
        with pytest.raises(refusal):
            announced(plaju, **more)
    announced(plaju)
    with pytest.raises(NotInThisState):
        announced(plaju)
    with on_platform(), pytest.raises(IntegrityError), transaction.atomic():
        Closing.objects.create(region=plaju, reason="x", by=BY, closes_at=now, deletes_at=now + timedelta(days=1))


def test_days_are_counted_from_midnight_in_jakarta() -> None:
    from shared_apps.operations.lifecycle_forms import CloseForm

    first = CloseForm().fields["closes_on"].initial
    form = CloseForm(
        {"reason": "x", "closes_on": first.isoformat(), "keep_days": "30", "typed_slug": "x", "settlement": ""}
    )
    assert form.is_valid()
    shut, deleted = form.moments()
    assert shut == datetime(first.year, first.month, first.day, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert (deleted - shut).days == 30
    assert closing.NOTICE[0] - timedelta(days=1) <= shut - clock.now() <= closing.NOTICE[0]
