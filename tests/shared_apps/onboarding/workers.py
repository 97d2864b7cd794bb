"""Real workers and a real mailbox for tests that watch a region being built."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

ROOT = Path(__file__).resolve().parents[3]


def worker(
    tmp_path: Path, virtual_host: str, *, beat: bool = True, processes: int = 1, environment: Mapping[str, str] = {}
) -> subprocess.Popen[bytes]:
    """A real worker on this test's database and a queue of its own; it writes to worker.log."""
    url = urlsplit(os.environ["WARSA_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    settings = {
        "WARSA_DATABASE_URL": url,
        "WARSA_BROKER_URL": f"{os.environ['WARSA_BROKER_URL']}?virtual_host={virtual_host}",
    }
    command = [str(Path(sys.executable).parent / "celery"), "-A", "warsa", "worker", "-c", str(processes)]
    if beat:
        command += ["-B", "-s", str(tmp_path / "beat")]
    return start(tmp_path / "worker.log", command, {**settings, **environment})


def start(log: Path, command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A child in a process group of its own."""
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=out,
            stderr=subprocess.STDOUT,
            process_group=0,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(true: Callable[[], bool], seconds: float, log: Path) -> None:
    """Wait until it is true; the end of the log tells why it never was."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.03)
