"""The whole platform as a child of a test, started as `make run` starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]


class Start(NamedTuple):
    """A start that is ready or has ended; `output` is what it printed."""

    child: subprocess.Popen[bytes]
    output: Path
    seconds: float


MODULE = ("-m", "infra.embedded.supervisor")


def start_platform(
    home: Path, port: int, output: Path, *, until: str = "Ready after", program: Sequence[str] = MODULE
) -> Start:
    """Start a supervisor with its data in `home`, free of this test run's settings.

    Waits until it has printed `until` or ends. `program` is what Python is told to run.
    """
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("WARSA_", "DJANGO_"))}
    began = time.monotonic()
    with output.open("wb") as file:
        child = subprocess.Popen(
            [sys.executable, *program],
            cwd=ROOT,
            env={**kept, "WARSA_HOME": str(home), "WARSA_PORT": str(port)},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    while until not in output.read_text() and child.poll() is None and time.monotonic() < began + 180:
        time.sleep(0.1)
    return Start(child, output, time.monotonic() - began)
