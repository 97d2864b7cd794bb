"""`make run`: starts every part in order, watches them, and stops them in the opposite order.

Everything it keeps is under .run/ of the checkout, or under WARSA_HOME.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import IO

from infra.embedded import children, postgres, valkey
from infra.embedded.children import CannotStart

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NEEDED_MB = 700


def say(text: str) -> None:
    print(text, flush=True)


def check_disk(home: Path) -> None:
    """Raises CannotStart when the data could not grow."""
    free = shutil.disk_usage(home).free // 2**20
    if free < NEEDED_MB:
        raise CannotStart(
            f"Only {free} MB are free on the disk of {home}, and WARSA needs {NEEDED_MB} MB.\n"
            "Free some space, or choose another disk with WARSA_HOME=/path make run."
        )


def check_port(port: int) -> None:
    """Raises CannotStart when someone else listens there."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refusal:
            if refusal.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            raise CannotStart(
                f"Port {port} is in use by another program.\nChoose another one: WARSA_PORT={port + 1} make run"
            ) from None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def lock(home: Path) -> IO[str]:
    """The lock that a second copy cannot have; the file names the first."""
    file = (home / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.seek(0)
        raise CannotStart(
            f"WARSA already runs from this folder ({file.read().strip() or 'starting'}).\n"
            "Use it, or stop it there with Ctrl-C first."
        ) from None
    return file


def database_home(home: Path) -> Path:
    """Where PostgreSQL's files go: as root beside other services' data, for the service user cannot enter /root."""
    if os.geteuid() != 0:
        return home
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/lib/warsa") / digest


def secret_key(home: Path) -> str:
    """A key of this machine's own, made on the first run."""
    file = home / "secret"
    if not file.exists():
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(64))
        fresh.rename(file)
    return file.read_text()


class Supervisor:
    """Starts children, restarts the ones that die, stops all."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.logs = home, port, home / "logs"
        self.stopping = threading.Event()
        self.watched: dict[str, tuple[Callable[[], subprocess.Popen[bytes]], subprocess.Popen[bytes]]] = {}

    def run(self) -> None:
        """Start, say where, and stay until asked to stop."""
        with ExitStack() as stack:
            self.home.mkdir(parents=True, exist_ok=True)
            held = stack.enter_context(lock(self.home))
            check_disk(self.home)
            check_port(self.port)
            held.truncate(0)
            held.write(f"process {os.getpid()}, http://localhost:{self.port}")
            held.flush()
            began = time.monotonic()
            say("Starting the database and the broker …")
            db_home = database_home(self.home)
            db_home.mkdir(parents=True, exist_ok=True)
            check_disk(db_home)
            database = postgres.start(db_home, log=self.logs / "postgres.log")
            stack.callback(database.stop)
            broker = valkey.start(self.home, log=self.logs / "valkey.log")
            stack.callback(broker.stop)
            mail_port = free_port()
            os.environ.update(
                WARSA_MODE="embedded",
                WARSA_DATABASE_URL=database.url,
                WARSA_BROKER_URL=broker.url,
                WARSA_CACHE_URL=broker.cache_url,
                WARSA_SECRET_KEY=secret_key(self.home),
                WARSA_PORT=str(self.port),
                WARSA_SMTP_PORT=str(mail_port),
                WARSA_MAILBOX_DIR=str(self.home / "mail"),
                WARSA_MEDIA_ROOT=str(self.home / "media"),
                # Beside the data: two copies at different versions must not gather into one folder.
                WARSA_STATIC_ROOT=str(self.home / "static"),
            )
            self.prepare()
            stack.callback(self.stop_watched)
            self.watch("mailbox", [sys.executable, "-m", "infra.embedded.mailbox", str(mail_port), self.home / "mail"])
            celery: list[str | Path] = [BIN / "celery", "--app", "warsa", "--quiet"]
            self.watch("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"])
            self.watch("beat", [*celery, "beat", "--schedule", self.home / "beat", "--pidfile", ""])
            web: list[str | Path] = [BIN / "gunicorn", "warsa.wsgi", "--bind", f"127.0.0.1:{self.port}"]
            web += ["--worker-class", "gthread", "--workers", "2", "--threads", "4", "--access-logfile", "-"]
            self.watch("web", web)
            self.wait_for_web()
            self.step([BIN / "warsa", "seed_demo"], "Building the demo region Kalidoni")
            say("\n" + (self.logs / "seed_demo.log").read_text().strip())
            say(f"\nReady after {time.monotonic() - began:.1f} s. Logs: {self.logs}. Stop with Ctrl-C.")
            while not self.stopping.wait(1):
                self.revive()
            say("Stopping …")

    def prepare(self) -> None:
        """Tables, texts and static files of this version; only when the code has changed since the last start."""
        digest = hashlib.sha256()
        for folder in ("platform", "tenants", "shared_apps", "tenant_apps"):
            for file in sorted((ROOT / folder).rglob("*")):
                if file.is_file() and file.suffix not in (".pyc", ".mo"):
                    digest.update(f"{file} {file.stat().st_mtime_ns}".encode())
        stamp = self.home / "prepared"
        if stamp.exists() and stamp.read_text() == digest.hexdigest():
            return
        self.step([BIN / "warsa", "messages", "compile"], "Compiling texts")
        self.step([BIN / "warsa", "migrate_schemas", "--shared"], "Laying out the platform's tables")
        self.step([BIN / "warsa", "areas", "load"], "Loading the official areas of Indonesia")
        self.step([BIN / "warsa", "migrate_regions"], "Bringing every region to this version")
        self.step([BIN / "warsa", "collectstatic", "--noinput"], "Gathering static files")
        stamp.write_text(digest.hexdigest())

    def step(self, command: list[str | Path], what: str) -> None:
        """Run one command to its end. Raises CannotStart with its last lines."""
        say(f"{what} …")
        log = self.logs / f"{command[1]}.log"
        log.unlink(missing_ok=True)
        child = children.start(command, log=log, cwd=ROOT)
        while child.poll() is None:
            if self.stopping.wait(0.05):
                children.stop(child)
                raise KeyboardInterrupt
        if child.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise CannotStart(
                f"{what} failed; `make run` goes on from there once it is mended. The end of {log}:\n{tail}"
            )

    def watch(self, name: str, command: list[str | Path]) -> None:
        def start() -> subprocess.Popen[bytes]:
            return children.start(command, log=self.logs / f"{name}.log", cwd=ROOT)

        self.watched[name] = (start, start())

    def revive(self) -> None:
        for name, (start, child) in self.watched.items():
            if child.poll() is not None and not self.stopping.is_set():
                say(f"{name} ended with {child.returncode}; starting it again.")
                self.watched[name] = (start, start())

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            if self.stopping.wait(0.1):
                raise KeyboardInterrupt
            self.revive()
        raise CannotStart(f"the web server did not start; see {self.logs / 'web.log'}")

    def stop_watched(self) -> None:
        self.stopping.set()
        running = [child for _, child in self.watched.values()]
        for child in reversed(running):
            if child.poll() is None:
                child.terminate()
        for child in reversed(running):
            children.stop(child)


def main() -> int:
    home = Path(os.environ.get("WARSA_HOME", ROOT / ".run")).resolve()
    text = os.environ.get("WARSA_PORT", "8000")
    if not text.isdigit() or not 0 < int(text) < 65_536:
        say(f"\nWARSA_PORT={text!r}: write a number from 1 to 65535\n")
        return 1
    supervisor = Supervisor(home, int(text))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.stopping.set())
    try:
        supervisor.run()
    except CannotStart as reason:
        say(f"\n{reason}\n")
        return 1
    except OSError as failure:
        if failure.errno != errno.ENOSPC:
            raise
        say(f"\nThe disk is full. Free some space and run `make run` again; nothing is lost. ({failure})\n")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
