"""What stands in the way of a start is said, with a way on; what ran is kept and nothing is left running."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from infra.embedded import postgres, supervisor
from infra.embedded.children import CannotStart
from infra.embedded.supervisor import check_disk, check_port, check_room, database_home, free_port, holders
from tests.running import MODULE, Start, start_platform
from tests.trials import FULL, seeded

# Where a first run is cut short: what it has just said, and how many seconds later at most.
MOMENTS = [
    ("Starting the database and the broker", 2.0),
    ("Laying out the platform's tables", 2.5),
    ("Loading the official areas of Indonesia", 3.0),
    ("Building the demo region Kalidoni", 6.0),
    ("Building the demo region Kalidoni", 6.0),
]
# A supervisor whose files, and those of all its children, may not grow beyond 4 MB.
CRAMPED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (4 * 2**20, resource.RLIM_INFINITY))
from infra.embedded.supervisor import main
sys.exit(main())
"""

# A supervisor that takes its disk for full once it is told: for machines on which a test may not mount a small one.
TOLD = """
import signal, sys
from infra.embedded import supervisor
signal.signal(signal.SIGUSR1, lambda *_: setattr(supervisor, "LOWEST_MB", 2**40))
sys.exit(supervisor.main())
"""


def processes_of(home: Path, port: int) -> list[str]:
    """Command lines that belong to this home or port."""
    marks = (str(home), str(database_home(home)), f"127.0.0.1:{port}")
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if any(mark in line for mark in marks):
            found.append(line)
    return found


def until(true: Callable[[], object], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def page(port: int, host: str = "kalidoni.localhost") -> int:
    """The status with which a site answers; 0 when it does not."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
    except OSError:
        return 0


def warsa(home: Path, *command: str) -> str:
    """What the `warsa` command says in a terminal where only WARSA_HOME is set."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WARSA_", "DJANGO_"))}
    program = Path(sys.executable).with_name("warsa")
    done = subprocess.run(
        [program, *command], env={**kept, "WARSA_HOME": str(home)}, capture_output=True, text=True, timeout=60
    )
    return done.stdout + done.stderr


def asked(home: Path, sql: str) -> object:
    """What the running database answers."""
    data = database_home(home)
    server = postgres.Postgres.__new__(postgres.Postgres)
    server.socket_dir, server.password = postgres.socket_folder(data), (data / "pg.password").read_text()
    with psycopg.connect(server.url, connect_timeout=5) as connection:
        found = connection.execute(sql).fetchone()
    assert found
    return found[0]


# Schemas that neither a region has nor the pool keeps or will sweep.
STRAY = """
SELECT count(*) FROM pg_namespace WHERE nspname LIKE 't\\_%'
AND nspname NOT IN (SELECT schema_name FROM tenants_region UNION SELECT schema_name FROM tenants_pooledschema)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where a first run was cut short again and again, and then came to its end."""
    home = tmp_path_factory.mktemp("platform") / "home"
    chance, port = seeded(), free_port()
    mounted = os.geteuid() == 0 and mount(database_home(home), "size=2g")
    try:
        first = start_platform(home, port, home.parent / "cramped", program=("-c", CRAMPED))
        assert first.child.wait(30) == 1
        told = first.output.read_text()
        assert "The disk is full. Free some space and run `make run` again: it goes on from there" in told, told
        assert "Traceback" not in told
        moments = MOMENTS if FULL else chance.sample(MOMENTS[:3], 1) + [MOMENTS[3]]
        for number, (said, longest) in enumerate(moments):
            cut = start_platform(home, port, home.parent / f"cut-{number}", until=said)
            assert cut.child.poll() is None, cut.output.read_text()
            wait = chance.uniform(0, longest)
            time.sleep(wait)
            cut.child.kill()
            cut.child.wait()
            print(f"killed {wait:.1f} s after {said!r}")
        # At once, while parts of the killed run may still be ending.
        last = start_platform(home, port, home.parent / "last")
        assert last.child.poll() is None, last.output.read_text()
        print(f"finished in {last.seconds:.1f} s")
        assert page(port) == 200
        assert asked(home, "SELECT count(*) FROM regions_area WHERE retired_on IS NULL") == 91_599
        assert asked(home, "SELECT count(*) FROM tenants_region WHERE status = 'ready'") == 1
        assert asked(home, "SELECT count(*) FROM tenants_region") == 1
        assert asked(home, "SELECT count(*) FROM tenants_domain WHERE domain = 'kalidoni.localhost'") == 1
        assert asked(home, STRAY) == 0
        assert asked(home, "SELECT count(*) FROM onboarding_registration WHERE state = 'live'") == 1
        assert asked(home, "SELECT count(*) FROM onboarding_coverageclaim") == 1
        last.child.send_signal(signal.SIGINT)
        assert last.child.wait(60) == 0
        assert processes_of(home, port) == []
        yield home
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(database_home(home))], check=True)
        shutil.rmtree(database_home(home), ignore_errors=True)


@contextmanager
def running(home: Path, name: str, program: Sequence[str] = MODULE) -> Iterator[tuple[Start, int]]:
    """The platform on a finished home, stopped afterwards if it still runs."""
    port = free_port()
    started = start_platform(home, port, home.parent / name, program=program)
    assert started.child.poll() is None, started.output.read_text()
    try:
        yield started, port
    finally:
        if started.child.poll() is None:
            started.child.send_signal(signal.SIGINT)
            started.child.wait(60)
    until(lambda: processes_of(home, port) == [], 30)


def test_a_later_start_is_quick_and_a_second_copy_is_refused(home: Path) -> None:
    with running(home, "again") as (again, port):
        assert "kalidoni.localhost" in again.output.read_text()
        assert "Laying out" not in again.output.read_text()
        print(f"a later start took {again.seconds:.1f} s")
        # Another terminal finds the platform that runs; without one it is told what to do.
        assert "1 ready" in warsa(home, "fleet", "status")
        assert "make run" in warsa(home.parent, "fleet", "status")
        second = start_platform(home, free_port(), home.parent / "second")
        assert second.child.wait(20) == 1
        assert "WARSA already runs from this folder" in second.output.read_text()
        assert f"http://localhost:{port}" in second.output.read_text()


def test_killed_servers_are_started_again_and_a_killed_supervisor_takes_all_along(home: Path) -> None:
    with running(home, "killed") as (started, port):
        for program in ("valkey-server", "bin/postgres"):
            os.kill(server_of(home, program, started), signal.SIGKILL)
        until(lambda: started.output.read_text().count("starting it again") >= 2, 30)
        until(lambda: page(port) == 200, 30)
        until(lambda: page(port, "localhost") == 200, 30)
        started.child.kill()
        started.child.wait()


def server_of(home: Path, program: str, started: Start) -> int:
    """The server itself, not one of its own children."""
    return next(pid for pid in holders(home / "family") if is_main(pid, program, started.child.pid))


def is_main(pid: int, program: str, parent: int) -> bool:
    folder = Path(f"/proc/{pid}")
    try:
        return program in (folder / "cmdline").read_text() and f"PPid:\t{parent}\n" in (folder / "status").read_text()
    except OSError:
        return False


def mount(folder: Path, *options: str) -> bool:
    """A small disk in memory at this folder, where this user may make one."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)]
    return bool(shutil.which("mount")) and subprocess.run(command, capture_output=True).returncode == 0


def test_a_disk_that_fills_at_run_time_ends_it_with_a_way_on(home: Path) -> None:
    disk = database_home(home)
    with running(home, "full", ("-c", TOLD)) as (started, port):
        users = asked(home, "SELECT count(*) FROM identity_user")
        assert page(port) == 200
        if disk.is_mount():
            used = shutil.disk_usage(disk).used // 2**20 + 1
            assert mount(disk, "remount", f"size={used}m")
            # Whatever is written now meets a full disk.
            with pytest.raises(psycopg.Error, match=r"No space left on device|terminat|closed"):
                asked(home, "CREATE TEMP TABLE big AS SELECT repeat('x', 500) t, n FROM generate_series(1, 200000) n")
        else:
            started.child.send_signal(signal.SIGUSR1)
        assert started.child.wait(90) == 1
        told = started.output.read_text().rpartition("Ready after")[2]
        assert re.search(r"Only \d+ MB are left on the disk of \S+, so WARSA stops before it is full", told), told
        assert "Free some space and run `make run` again" in told
        assert "Traceback" not in told
    if disk.is_mount():
        assert mount(disk, "remount", "size=2g")
    with running(home, "after") as (_after, port):
        assert page(port) == 200
        assert asked(home, "SELECT count(*) FROM identity_user") == users


def test_a_busy_port_is_named_with_a_way_on() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStart, match=rf"Port {port} is in use[\s\S]*WARSA_PORT={port + 1} make run"):
            check_port(port)
    check_port(free_port())


def test_a_full_disk_is_named_with_a_way_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_disk(tmp_path)
    check_room(tmp_path)
    more = shutil.disk_usage(tmp_path).free // 2**20 + 1_000
    monkeypatch.setattr(supervisor, "NEEDED_MB", more)
    monkeypatch.setattr(supervisor, "LOWEST_MB", more)
    with pytest.raises(CannotStart, match="WARSA_HOME=/path make run"):
        check_disk(tmp_path)
    with pytest.raises(CannotStart, match=r"MB are left on the disk of .*\nFree some space and run `make run` again"):
        check_room(tmp_path, tmp_path)
