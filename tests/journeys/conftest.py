"""The whole platform as `make run` starts it, and a real Chromium on a phone's screen."""

from __future__ import annotations

import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from infra.embedded.supervisor import database_home, free_port
from tests.running import start_platform


@dataclass(frozen=True)
class Platform:
    """A running platform: its address, the operator's login as printed, and where it keeps everything."""

    url: str
    operator: str
    password: str
    output: str
    home: Path

    def region(self, slug: str) -> str:
        return self.url.replace("localhost", f"{slug}.localhost")


@pytest.fixture(scope="session")
def platform_running() -> Iterator[Platform]:
    home, port = Path(tempfile.mkdtemp(prefix="warsa-journey-")), free_port()
    child, out, _seconds = start_platform(home, port, home / "output")
    try:
        text = out.read_text()
        assert "Ready after" in text, text
        login = re.search(r"Operator\s+\S+\s+(\S+)\s+(\S+)", text)
        assert login, text
        yield Platform(f"http://localhost:{port}", login[1], login[2], text, home)
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(database_home(home), ignore_errors=True)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    args += ["--host-resolver-rules=MAP *.localhost 127.0.0.1"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 360, "height": 740}, "locale": "id-ID"}
