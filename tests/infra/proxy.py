"""A real Caddy with the Caddyfile of production, on ports of its own and with certificates of its own making."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from infra.embedded import children
from infra.embedded.supervisor import free_port
from tests.infra.files import INFRA, ROOT

CADDY = ROOT / ".venv" / "bin" / "caddy"


class _Named(http.client.HTTPSConnection):
    """HTTPS to this machine, asking for the certificate of another name, and believing it."""

    def __init__(self, port: int, name: str) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().__init__("127.0.0.1", port, timeout=20, context=context)
        self._name, self._tls = name, context

    def connect(self) -> None:
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        self.sock = self._tls.wrap_socket(raw, server_hostname=self._name)


@dataclass(frozen=True)
class Proxy:
    port: int
    log: Path

    def connect(self, host: str) -> http.client.HTTPSConnection:
        return _Named(self.port, host)

    def get(self, host: str, path: str, headers: Mapping[str, str] = {}) -> tuple[int, str]:
        """Status and body. Raises ssl.SSLError or OSError where there is no certificate for this host."""
        connection = self.connect(host)
        try:
            connection.request("GET", path, headers={"Host": host, **headers})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()


def caddyfile(home: Path, *, sites: str, https: int) -> Path:
    """Production's file beside what only this machine needs."""
    for name, text in {
        "global.d": f"http_port {free_port()}\nhttps_port {https}\nlocal_certs\nskip_install_trust\nadmin off\n",
        "sites.d": sites,
    }.items():
        (home / name).mkdir(parents=True)
        (home / name / "test.caddy").write_text(text)
    file = home / "Caddyfile"
    # Caddy's question to itself has a fixed port in production, where it is alone.
    file.write_text((INFRA / "compose/Caddyfile").read_text().replace("127.0.0.1:9080", f"127.0.0.1:{free_port()}"))
    return file


@contextmanager
def caddy(home: Path, *, upstreams: str, base_host: str, sites: str = "") -> Iterator[Proxy]:
    """It runs until the block ends."""
    https = free_port()
    file = caddyfile(home, sites=sites, https=https)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("WARSA_")},
        "WARSA_WEB": upstreams,
        "WARSA_BASE_HOST": base_host,
        "WARSA_ACME_EMAIL": "operator@warsa.example",
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CONFIG_HOME": str(home / "config"),
    }
    log = home / "caddy.log"
    child = children.start(
        [CADDY, "run", "--config", file, "--adapter", "caddyfile"], log=log, env=environment, cwd=home
    )
    try:
        deadline = time.monotonic() + 30
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", https), 1):
                break
            assert child.poll() is None and time.monotonic() < deadline, log.read_text()[-3000:]
            time.sleep(0.05)
        yield Proxy(https, log)
    finally:
        children.stop(child, by=signal.SIGTERM, patience=40)
