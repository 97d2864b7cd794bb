"""What stands in the way of a start is said, with a way on; what ran is kept and nothing is left running."""

from __future__ import annotations

import shutil
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded import supervisor
from infra.embedded.children import CannotStart
from infra.embedded.supervisor import check_disk, check_port, database_home, free_port
from tests.running import Start, start_platform


def start(home: Path, port: int, name: str) -> Start:
    return start_platform(home, port, home.parent / name)


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


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    home = tmp_path / "home"
    yield home
    shutil.rmtree(database_home(home), ignore_errors=True)


def test_a_life_of_starts_and_stops(home: Path) -> None:
    port = free_port()
    first = start(home, port, "first")
    assert first.child.poll() is None, first.output.read_text()
    second = start(home, free_port(), "second")
    assert second.child.wait(20) == 1
    assert "WARSA already runs from this folder" in second.output.read_text()
    assert f"http://localhost:{port}" in second.output.read_text()
    first.child.send_signal(signal.SIGINT)
    assert first.child.wait(60) == 0
    assert processes_of(home, port) == []

    again = start(home, port, "again")
    assert again.child.poll() is None, again.output.read_text()
    assert "kalidoni.localhost" in again.output.read_text()
    assert "Laying out" not in again.output.read_text()
    print(f"first start {first.seconds:.1f} s, second {again.seconds:.1f} s")
    again.child.kill()
    again.child.wait()
    deadline = time.monotonic() + 30
    while processes_of(home, port) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert processes_of(home, port) == []


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
    monkeypatch.setattr(supervisor, "NEEDED_MB", shutil.disk_usage(tmp_path).free // 2**20 + 1)
    with pytest.raises(CannotStart, match="WARSA_HOME=/path make run"):
        check_disk(tmp_path)
