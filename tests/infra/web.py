"""A web as production runs it, for tests that ask it over HTTP."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.db import connection

from infra.embedded import children
from infra.embedded.supervisor import free_port
from tests.infra.files import ROOT

BIN = Path(sys.executable).parent
HOST = "kalidoni.localhost"


@dataclass
class Web:
    """One gunicorn of production on this test's database, with the web's own login."""

    log: Path
    port: int = field(default_factory=free_port)
    numbers: int = field(default_factory=free_port)
    child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        url = urlsplit(os.environ["WARSA_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        environment = {
            "WARSA_DATABASE_URL": url.replace("//warsa_worker:", "//warsa_web:"),
            "WARSA_PROXIES": "1",
            "WARSA_METRICS_PORT": str(self.numbers),
            "PYTHONPATH": str(ROOT / "platform"),
        }
        command: list[str | Path] = [BIN / "gunicorn", "--config", "python:warsa.gunicorn", "warsa.wsgi"]
        command += ["--bind", f"127.0.0.1:{self.port}"]
        self.child = children.start(command, log=self.log, env=environment, cwd=ROOT)

    def wait(self) -> None:
        deadline = time.monotonic() + 120
        while not self.answers():
            assert self.child is not None
            assert self.child.poll() is None and time.monotonic() < deadline, self.log.read_text()[-3000:]
            time.sleep(0.1)

    def answers(self) -> bool:
        with suppress(OSError):
            return self.get("/healthz")[0] == 200
        return False

    def get(self, path: str, port: int = 0, host: str = HOST, patience: float = 10) -> tuple[int, str]:
        asking = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=patience)
        try:
            asking.request("GET", path, headers={"Host": host, "X-Forwarded-Proto": "https"})
            answer = asking.getresponse()
            return answer.status, answer.read().decode()
        finally:
            asking.close()

    def end(self) -> int:
        """As a new release asks it to. Returns how it ended."""
        assert self.child is not None
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(45)
