"""A region goes back to an earlier state: beside it first, then in its place, and back again."""

from __future__ import annotations

import threading
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client

from tenant_apps.ledger.models import JournalEntry
from tenants.backup import files
from tenants.backup.differences import TableDifference, rows_of
from tenants.backup.errors import NotConfirmed, Occupied, StillBusy
from tenants.backup.exporting import export_region
from tenants.backup.models import SideSchema
from tenants.backup.restoring import discard, present_differences, restore, side_of, swap
from tenants.context import as_owner, in_region, on_platform
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox.models import OutboxMessage
from tenants.provisioning import drift
from tenants.schemas.fingerprint import differences, fingerprint
from tenants.sessions import SessionStore
from tests.cast import person
from tests.tenants.backup.plaju import FILES, SLUG, contents, names
from tests.tenants.hearing import settle
from tests.world import admin, schemas

State = SideSchema.State


@pytest.fixture
def archive(plaju: Region, tmp_path: Path) -> Path:
    """Plaju as it was before Rini came, Ratna was renamed and a file was changed."""
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    with in_region(plaju):
        person("Rini")
        User.objects.filter(name="Ratna").update(name="Ratna Dewi")
    (files.folder_of(plaju.schema_name) / "kosong.txt").write_bytes(b"not empty any more")
    return path


def status(region: Region) -> str:
    with on_platform():
        return str(Region.objects.get(pk=region.pk).status)


def body(region: Region, name: str) -> bytes:
    return (files.folder_of(region.schema_name) / name).read_bytes()


def test_the_restored_state_stands_beside_with_its_differences(plaju: Region, archive: Path, lombok: Region) -> None:
    now, there = contents(plaju), contents(lombok)
    side, found = restore(path=archive)
    assert found == [TableDifference("identity_user", 0, 1, 1)]
    assert side.state == State.RESTORED
    assert contents(plaju) == now
    assert contents(lombok) == there
    assert names(plaju) >= {"Rini", "Ratna Dewi"}
    assert status(plaju) == RegionStatus.READY


def test_the_rows_behind_a_difference_are_shown_a_page_at_a_time(plaju: Region, archive: Path) -> None:
    side, _ = restore(path=archive)
    rows = rows_of(side.schema_name, plaju.schema_name, "identity_user")
    with in_region(plaju):
        ratna, rini = (User.objects.get(name=name).pk for name in ("Ratna Dewi", "Rini"))
    assert [(row.key, row.what, row.columns) for row in rows] == [
        ({"id": ratna}, "changed", ["name"]),
        ({"id": rini}, "second", []),
    ]
    page = rows_of(side.schema_name, plaju.schema_name, "identity_user", limit=1, offset=1)
    assert page == rows[1:]
    with pytest.raises(LookupError):
        rows_of(side.schema_name, plaju.schema_name, "pg_authid")


def test_nobody_but_the_owner_reads_the_side_schema(plaju: Region, archive: Path, lombok: Region) -> None:
    side, _ = restore(path=archive)
    for region in (plaju, lombok):
        with in_region(region), connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
            cursor.execute(f'SELECT * FROM "{side.schema_name}".identity_user')


def test_a_swap_puts_it_in_place_and_a_second_one_takes_it_back(plaju: Region, archive: Path, lombok: Region) -> None:
    now, there = contents(plaju), contents(lombok)
    restore(path=archive)
    swap(region=plaju, drain_s=0)
    assert names(plaju) >= {"Ratna"} and "Rini" not in names(plaju)
    assert body(plaju, "kosong.txt") == FILES["kosong.txt"]
    assert status(plaju) == RegionStatus.READY
    settle()
    assert Client(headers={"host": host_of_slug(SLUG)}).get("/").status_code == 200
    assert side_of(plaju).state == State.ASIDE
    assert contents(lombok) == there

    swap(region=plaju, drain_s=0)
    assert contents(plaju) == now
    assert body(plaju, "kosong.txt") == b"not empty any more"
    assert status(plaju) == RegionStatus.READY
    assert present_differences(plaju) == [TableDifference("identity_user", 0, 1, 1)]


def test_rights_and_pinned_functions_follow_the_name(plaju: Region, archive: Path) -> None:
    restore(path=archive)
    swap(region=plaju, drain_s=0)
    assert drift(plaju) == []
    side = side_of(plaju)
    with as_owner():
        assert differences(fingerprint(plaju.schema_name), fingerprint(side.schema_name)) == []
    with in_region(plaju), connection.cursor() as cursor, pytest.raises(Exception, match="permission denied"):
        cursor.execute(f'SELECT * FROM "{side.schema_name}".identity_user')
    with in_region(plaju), pytest.raises(Exception, match="never rewritten"):
        JournalEntry.objects.update(text="nothing happened")


def test_everybody_signs_in_again(plaju: Region, archive: Path) -> None:
    """Who was shut out since the archive, or signed out before the swap was taken back, has no way in left over."""

    def session() -> str:
        with in_region(plaju):
            store = SessionStore()
            store["who"] = "Ratna"
            store.save()
            assert dict(SessionStore(store.session_key).items()) == {"who": "Ratna"}, "it is kept in the cache"
            return str(store.session_key)

    def opens(key: str) -> bool:
        with in_region(plaju):
            return bool(dict(SessionStore(key).items()))

    restore(path=archive)
    before = session()
    swap(region=plaju, drain_s=0)
    assert not opens(before)
    between = session()
    swap(region=plaju, drain_s=0)
    assert not opens(before) and not opens(between)


def test_what_was_sent_since_is_not_sent_again(plaju: Region, tmp_path: Path) -> None:
    with in_region(plaju):
        for name in ("sent-since", "still-waiting"):
            OutboxMessage.objects.create(kind="mail", payload={}, dedupe=name, due_at=clock.now())
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    with in_region(plaju):
        OutboxMessage.objects.filter(dedupe="sent-since").update(state="delivered", delivered_at=clock.now())
    restore(path=path)
    swap(region=plaju, drain_s=0)
    with in_region(plaju):
        states = dict(OutboxMessage.objects.values_list("dedupe", "state"))
    assert (states["sent-since"], states["still-waiting"]) == ("delivered", "waiting")


def test_a_region_in_use_is_not_swapped(plaju: Region, archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.backup.restoring._TRIES", 1)
    restore(path=archive)
    now = contents(plaju)
    with admin(autocommit=False) as busy:
        busy.execute(f'SELECT count(*) FROM "{plaju.schema_name}".orders_order')
        with pytest.raises(StillBusy):
            swap(region=plaju, drain_s=0)
    assert status(plaju) == RegionStatus.READY
    assert contents(plaju) == now
    assert side_of(plaju).state == State.RESTORED


def test_a_swap_waits_for_work_that_is_under_way(plaju: Region, archive: Path) -> None:
    """What began before the swap ends in the state in which it began, whole."""
    restore(path=archive)
    with admin(autocommit=False) as busy:
        busy.execute(f"UPDATE \"{plaju.schema_name}\".identity_user SET name = 'Made' WHERE name = 'Rini'")
        done = threading.Timer(1.0, busy.connection.commit)
        done.start()
        swap(region=plaju, drain_s=0)
        done.join()
    assert "Made" not in names(plaju)
    swap(region=plaju, drain_s=0)
    assert "Made" in names(plaju)


def test_a_suspended_region_stays_suspended(plaju: Region, archive: Path) -> None:
    restore(path=archive)
    with on_platform():
        Region.objects.filter(pk=plaju.pk).update(status=RegionStatus.SUSPENDED)
    swap(region=plaju, drain_s=0)
    assert status(plaju) == RegionStatus.SUSPENDED


def test_one_side_schema_at_a_time(plaju: Region, archive: Path) -> None:
    restore(path=archive)
    before = schemas()
    with pytest.raises(Occupied, match="swap it or discard it"):
        restore(path=archive)
    assert schemas() == before


def test_discarding_wants_the_slug(plaju: Region, archive: Path) -> None:
    side, _ = restore(path=archive)
    with pytest.raises(NotConfirmed):
        discard(region=plaju, typed_slug="")
    assert side.schema_name in schemas()
    discard(region=plaju, typed_slug=SLUG)
    assert side.schema_name not in schemas()
    assert not files.folder_of(side.schema_name).exists()
    assert "Ratna Dewi" in names(plaju)
    with on_platform():
        assert not SideSchema.objects.exists()
    with admin() as cursor:
        assert cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [side.schema_name]).fetchone() is None


def test_rows_that_break_the_schemas_own_rules_are_not_taken(plaju: Region, tmp_path: Path) -> None:
    """An entry that does not balance, put in behind the database's back, does not come through a restore."""
    with admin() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(f'UPDATE "{plaju.schema_name}".ledger_journalline SET amount = amount + 1 WHERE amount > 0')
    path = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=path)
    before = schemas()
    with pytest.raises(Exception, match="must have two or more that sum to zero") as refused:
        restore(path=path)
    assert isinstance(refused.value.__cause__ or refused.value, psycopg.Error)
    assert schemas() == before
