"""A region goes back to an archive by an operator's steps, and a worker's; its log goes on."""

from __future__ import annotations

from pathlib import Path
from unittest import mock

import pytest

from shared_apps.archives.errors import NotToBeRestored, NotTyped
from shared_apps.archives.models import KeptArchive, Restore
from shared_apps.archives.services import returning
from shared_apps.archives.services.archiving import file_of, make_next, order_archive, thin
from shared_apps.archives.services.returning import ask, go_on, order, waiting
from tenant_apps.satker.models import Satker
from tenants.audit.models import AuditEvent
from tenants.audit.selectors import findings
from tenants.audit.services import record
from tenants.backup import restoring
from tenants.backup.errors import StillBusy
from tenants.backup.models import SideSchema
from tenants.context import in_region, on_platform
from tenants.kernel.errors import StaleDocument
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tests.shared_apps.operations.people import operator, operator_browser
from tests.tenants.backup.conftest import plaju as plaju
from tests.tenants.backup.plaju import contents

STATE = Restore.State
REASON = "Harga terhapus oleh impor yang salah"


def name_of_office(region: Region) -> str:
    with in_region(region):
        return str(Satker.objects.get(only=True).name)


def spoil(region: Region) -> None:
    with in_region(region):
        Satker.objects.update(name="Satker Rusak")
        record("satker.spoilt", by="user:x")


@pytest.fixture
def archive(plaju: Region) -> KeptArchive:
    with in_region(plaju):
        record("before.archive", by="user:x")
    with on_platform():
        order_archive(region=plaju, by="user:x")
        make_next(0)
        return KeptArchive.objects.select_related("region").get()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody serves the region from memory here."""
    swap = restoring.swap
    monkeypatch.setattr(restoring, "swap", lambda *, region: swap(region=region, drain_s=0.0))


def asked(archive: KeptArchive) -> Restore:
    return ask(archive=archive, by="user:x", reason=REASON, typed_slug="plaju")


def step(restore: Restore, name: str) -> None:
    order(restore=restore, step=name, by="user:x", reason=REASON, typed_slug="plaju")
    go_on(restore.pk)
    restore.refresh_from_db()


def test_there_and_back_and_to_the_end(archive: KeptArchive, plaju: Region) -> None:
    before = name_of_office(plaju)
    spoil(plaju)
    spoilt = contents(plaju)
    with on_platform():
        restore = asked(archive)
        assert waiting() == [restore.pk]
        go_on(restore.pk)
        restore.refresh_from_db()
        assert (restore.state, restore.error) == (STATE.BESIDE, "")
    assert contents(plaju).keys() == spoilt.keys() and name_of_office(plaju) == "Satker Rusak"
    (office,) = [one for one in restore.differences if one["table"] == "satker_satker"]
    assert (office["only_first"], office["only_second"], office["changed"]) == (0, 0, 1)
    assert [row["columns"] for row in office["rows"]] == [["name"]]
    # What stands in the rows is nobody's business here.
    assert "Rusak" not in str(restore.differences)

    with on_platform():
        step(restore, "swap")
        assert restore.state == STATE.SWAPPED
    assert name_of_office(plaju) == before
    with on_platform():
        plaju.refresh_from_db()
        assert plaju.status == RegionStatus.READY
        (letter,) = OutboxMessage.objects.filter(dedupe__startswith=f"lifecycle.restore:{restore.public_id}:swapped")
        assert REASON in letter.payload["body"] and letter.payload["to"] == "budi@example.test"

        step(restore, "take_back")
        assert restore.state == STATE.BESIDE
    assert name_of_office(plaju) == "Satker Rusak"
    with on_platform():
        step(restore, "swap")
        step(restore, "finish")
        assert restore.state == STATE.DONE
        assert SideSchema.objects.count() == 0
        assert AuditEvent.objects.filter(action="region.restored", region=plaju.public_id).count() == 2
    assert name_of_office(plaju) == before
    with in_region(plaju):
        # Its log never went back: what was done before, since and meanwhile stands in it, in one chain.
        assert findings() == []
        actions = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
    for action in (
        "before.archive",
        "satker.spoilt",
        "region.restore_asked",
        "region.restored",
        "region.restore_finished",
    ):
        assert action in actions
    assert actions.count("region.restored") == 2


def test_given_up_nothing_has_changed(archive: KeptArchive, plaju: Region) -> None:
    spoil(plaju)
    with on_platform():
        restore = asked(archive)
        go_on(restore.pk)
        restore.refresh_from_db()
        step(restore, "drop")
        assert restore.state == STATE.DROPPED and SideSchema.objects.count() == 0
    assert name_of_office(plaju) == "Satker Rusak"
    # And another may begin.
    with on_platform():
        asked(archive)


def test_killed_after_each_piece_of_work_it_goes_on(archive: KeptArchive, plaju: Region) -> None:
    before = name_of_office(plaju)
    spoil(plaju)
    with on_platform():
        restore = asked(archive)

    def killed(*_args: object, **_words: object) -> None:
        raise KeyboardInterrupt

    def cut_off() -> None:
        with on_platform(), mock.patch.object(returning, "_step", killed), pytest.raises(KeyboardInterrupt):
            go_on(restore.pk)
        with on_platform():
            go_on(restore.pk)
            restore.refresh_from_db()

    cut_off()
    assert restore.state == STATE.BESIDE
    for name, after, office in (
        ("swap", STATE.SWAPPED, before),
        ("take_back", STATE.BESIDE, "Satker Rusak"),
        ("swap", STATE.SWAPPED, before),
        ("finish", STATE.DONE, before),
    ):
        with on_platform():
            order(restore=restore, step=name, by="user:x", reason=REASON, typed_slug="plaju")
        cut_off()
        assert (restore.state, name_of_office(plaju)) == (after, office), name


def test_cut_off_three_times_it_is_given_up(archive: KeptArchive) -> None:
    with on_platform():
        restore = asked(archive)
        with mock.patch.object(restoring, "restore", side_effect=RuntimeError("disk")):
            for _ in range(3):
                with pytest.raises(RuntimeError):
                    go_on(restore.pk)
            go_on(restore.pk)
        restore.refresh_from_db()
        assert (restore.state, restore.error) == (STATE.FAILED, "CutOff")


def test_tables_in_use_change_nothing(archive: KeptArchive, plaju: Region) -> None:
    spoil(plaju)
    with on_platform():
        restore = asked(archive)
        go_on(restore.pk)
        restore.refresh_from_db()
        with mock.patch.object(restoring, "swap", side_effect=StillBusy("in use")):
            step(restore, "swap")
        assert (restore.state, restore.error) == (STATE.BESIDE, "StillBusy")
        assert "tetap dipakai" in restore.error_words
    assert name_of_office(plaju) == "Satker Rusak"


@pytest.mark.parametrize("how", ["damaged", "gone"])
def test_a_file_that_is_no_archive(archive: KeptArchive, plaju: Region, how: str) -> None:
    before = contents(plaju)
    path: Path = file_of(archive)
    with on_platform():
        restore = asked(archive)
        if how == "gone":
            path.unlink()
        else:
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 1
            path.write_bytes(data)
        go_on(restore.pk)
        restore.refresh_from_db()
        assert restore.state == STATE.FAILED
        assert restore.error == {"damaged": "ArchiveRefused", "gone": "FileMissing"}[how]
        assert SideSchema.objects.count() == 0
        if how == "gone":
            with pytest.raises(NotToBeRestored):
                asked(archive)
    after = contents(plaju)
    assert {name for name in after if after[name] != before[name]} <= {"audit_auditevent", "audit_audithead"}


def test_two_at_once_and_the_wrong_name(archive: KeptArchive) -> None:
    with on_platform():
        with pytest.raises(NotTyped):
            ask(archive=archive, by="user:x", reason=REASON, typed_slug="kalidoni")
        restore = asked(archive)
        with pytest.raises(NotToBeRestored):
            asked(archive)
        with pytest.raises(StaleDocument):
            order(restore=restore, step="swap", by="user:x", reason=REASON, typed_slug="plaju")
        # Its file stays while it is open, though no day or week keeps it.
        with mock.patch.object(returning, "go_on"):
            order_archive(region=archive.region, by="user:x")
            make_next(0)
        thin(archive.region)
        assert file_of(archive).exists()


def test_the_pages(archive: KeptArchive, plaju: Region) -> None:
    spoil(plaju)
    with on_platform():
        boss = operator_browser(operator())
        reader = operator_browser(operator("Rani", "rani@example.test", role="reader"))  # type: ignore[arg-type]
    page = boss.get(f"/operator/wilayah/{plaju.public_id}/arsip/").content.decode()
    assert f"/operator/arsip/{archive.public_id}/pulihkan/" in page
    assert "pulihkan/" not in reader.get(f"/operator/wilayah/{plaju.public_id}/arsip/").content.decode()
    there = f"/operator/arsip/{archive.public_id}/pulihkan/"
    assert reader.post(there, {"reason": REASON, "typed_slug": "plaju"}).status_code in (403, 404)
    assert reader.post(f"/operator/wilayah/{plaju.public_id}/arsip/buat/").status_code in (403, 404)
    wrong = boss.post(there, {"reason": REASON, "typed_slug": "palaju"})
    assert wrong.status_code == 400 and "nama singkat" in wrong.content.decode()
    with on_platform():
        assert Restore.objects.count() == 0
    answer = boss.post(there, {"reason": REASON, "typed_slug": "plaju"})
    assert answer.status_code == 302
    watching = boss.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert 'hx-trigger="every 2s"' in watching
    with on_platform():
        restore = Restore.objects.get()
        go_on(restore.pk)
    watching = boss.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "satker_satker" in watching and "hx-trigger" not in watching
    for name in ("tukar", "buang"):
        assert boss.get(f"{answer.url}{name}/").status_code == 200  # type: ignore[attr-defined]
    late = boss.get(f"{answer.url}selesai/")  # type: ignore[attr-defined]
    assert late.status_code == 302
    assert boss.get(f"{answer.url}nirwana/").status_code == 404  # type: ignore[attr-defined]
    assert boss.post(f"{answer.url}tukar/", {"reason": "", "typed_slug": "plaju"}).status_code == 400  # type: ignore[attr-defined]
    assert boss.post(f"{answer.url}tukar/", {"reason": REASON, "typed_slug": "plaju"}).status_code == 302  # type: ignore[attr-defined]
    with on_platform():
        assert Restore.objects.get().state == STATE.SWAPPING
