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
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol, TypeVar

from infra.embedded import children, postgres, valkey
from infra.embedded.children import CannotStart

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
NEEDED_MB = 700
# Below this PostgreSQL may fail in the middle of its log at any moment: better to stop while it can still end in order.
LOWEST_MB = 64
# How the system says that a file could not grow: the disk is full, or a quota or limit is reached.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
GO_ON = "Free some space and run `make run` again: it goes on from there, and nothing is lost."
# How long the parts of a killed run may take to end by themselves.
PATIENCE = 20.0


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


def check_room(*homes: Path) -> None:
    """Raises CannotStart when a disk has become too full to go on."""
    for home in homes:
        free = shutil.disk_usage(home).free // 2**20
        if free < LOWEST_MB:
            raise CannotStart(
                f"Only {free} MB are left on the disk of {home}, so WARSA stops before it is full.\n{GO_ON}"
            )


def is_full(text: str) -> bool:
    """Whether a part's last words say that it could not write."""
    return any(os.strerror(number) in text for number in NO_ROOM)


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


@contextmanager
def family(home: Path) -> Iterator[int]:
    """A file that all our children keep open, locked: a run that was killed leaves it locked until its last part is gone.

    Waits for those of the last run, for two servers on one folder would spoil its files.
    Raises:  CannotStart when they do not end.
    """
    path = home / "family"
    with path.open("a") as file:
        ending, told = time.monotonic() + PATIENCE, False
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                left = time.monotonic() - ending
                if not told:
                    say("Waiting for the parts of the last run to end …")
                    told = True
                if left > 0:
                    for pid in holders(path):
                        with suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                if left > PATIENCE:
                    raise CannotStart(
                        f"Parts of the last run still use {home} and do not end. Wait a moment and run `make run` again."
                    ) from None
                time.sleep(0.1)
        yield file.fileno()


def holders(path: Path) -> list[int]:
    """Other processes that have this file open; empty where the system does not tell."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(folder.name) != os.getpid() and any(link.resolve() == path for link in (folder / "fd").iterdir()):
                found.append(int(folder.name))
    return found


def database_home(home: Path) -> Path:
    """Where PostgreSQL's files go: as root beside other services' data, for the service user cannot enter /root."""
    if os.geteuid() != 0:
        return home
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    return Path("/var/lib/warsa") / digest


def secret_key(home: Path, name: str = "secret", prefix: str = "") -> str:
    """A key of this machine's own, made on the first run."""
    file = home / name
    if not file.exists():
        fresh = file.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(prefix + (secrets.token_hex(24) if prefix else secrets.token_urlsafe(64)))
        fresh.rename(file)
    return file.read_text()


def kept_port(home: Path, name: str) -> int:
    """The port of the last run, for addresses with it are kept elsewhere; another one when it is taken."""
    file = home / name
    if file.exists():
        with suppress(CannotStart, ValueError):
            port = int(file.read_text())
            check_port(port)
            return port
    port = free_port()
    file.write_text(str(port))
    return port


class Server(Protocol):
    """A running server."""

    @property
    def child(self) -> subprocess.Popen[bytes]: ...

    def stop(self) -> None: ...


Running = TypeVar("Running", bound=Server)


class Supervisor:
    """Starts children, restarts the ones that die, stops all."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port, self.logs = home, port, home / "logs"
        self.stopping = threading.Event()
        self.family: int | None = None
        self.servers: dict[str, tuple[Callable[[], Server], Server]] = {}
        self.watched: dict[str, tuple[Callable[[], subprocess.Popen[bytes]], subprocess.Popen[bytes]]] = {}

    def run(self) -> None:
        """Start, say where, and stay until asked to stop."""
        with ExitStack() as stack:
            self.home.mkdir(parents=True, exist_ok=True)
            held = stack.enter_context(lock(self.home))
            check_disk(self.home)
            held.truncate(0)
            held.write(f"process {os.getpid()}, http://localhost:{self.port}")
            held.flush()
            self.family = stack.enter_context(family(self.home))
            # Not before: the web server of a killed run may hold the port a little longer.
            check_port(self.port)
            began = time.monotonic()
            say("Starting the database and the broker …")
            db_home = database_home(self.home)
            db_home.mkdir(parents=True, exist_ok=True)
            check_disk(db_home)
            stack.callback(self.stop_servers)
            database = self.serve(
                "database", lambda: postgres.start(db_home, log=self.logs / "postgres.log", family=self.family)
            )
            broker = self.serve(
                "broker", lambda: valkey.start(self.home, log=self.logs / "valkey.log", family=self.family)
            )
            mail_port, stripe_port = free_port(), kept_port(self.home, "stripe.port")
            settings = {
                "WARSA_MODE": "embedded",
                "WARSA_DATABASE_URL": database.worker_url,
                "WARSA_BROKER_URL": broker.url,
                "WARSA_CACHE_URL": broker.cache_url,
                "WARSA_SECRET_KEY": secret_key(self.home),
                "WARSA_PORT": str(self.port),
                "WARSA_PROBE_URL": f"http://127.0.0.1:{self.port}",
                "WARSA_SMTP_PORT": str(mail_port),
                "WARSA_MAILBOX_DIR": str(self.home / "mail"),
                # Made up: they count at the stand-in alone.
                "WARSA_STRIPE_URL": f"http://127.0.0.1:{stripe_port}",
                "WARSA_STRIPE_KEY": secret_key(self.home, "stripe.key", "sk_test_"),
                "WARSA_STRIPE_WEBHOOK_SECRET": secret_key(self.home, "stripe.secret", "whsec_"),
                "WARSA_MEDIA_ROOT": str(self.home / "media"),
                # Beside the data: two copies at different versions must not gather into one folder.
                "WARSA_STATIC_ROOT": str(self.home / "static"),
            }
            os.environ.update(settings)
            self.tell_commands(settings)
            stack.callback((self.home / "environment").unlink, missing_ok=True)
            self.prepare()
            stack.callback(self.stop_watched)
            self.watch("mailbox", [sys.executable, "-m", "infra.embedded.mailbox", str(mail_port), self.home / "mail"])
            stripe: list[str | Path] = [sys.executable, "-m", "infra.stripe_standin", "--port", str(stripe_port)]
            stripe += ["--home", self.home / "stripe"]
            told = f"http://localhost:{self.port}/tagihan/stripe/"
            self.watch("stripe", stripe, WARSA_STRIPE_ENDPOINT=told)
            celery: list[str | Path] = [BIN / "celery", "--app", "warsa", "--quiet"]
            self.watch("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"])
            self.watch("beat", [*celery, "beat", "--schedule", self.home / "beat", "--pidfile", ""])
            web: list[str | Path] = [BIN / "gunicorn", "--config", "python:warsa.gunicorn", "warsa.wsgi"]
            web += ["--bind", f"127.0.0.1:{self.port}"]
            self.watch("web", web, WARSA_DATABASE_URL=database.web_url)
            self.wait_for_web()
            self.step([BIN / "warsa", "seed_demo"], "Building the demo region Kalidoni")
            say("\n" + (self.logs / "seed_demo.log").read_text().strip())
            say(f"Stripe stand-in: http://localhost:{stripe_port} (docs/stripe-standin.md)")
            say(f"\nReady after {time.monotonic() - began:.1f} s. Logs: {self.logs}. Stop with Ctrl-C.")
            while not self.stopping.wait(1):
                check_room(self.home, db_home)
                self.revive()
            say("Stopping …")

    def tell_commands(self, settings: Mapping[str, str]) -> None:
        """How the `warsa` command in another terminal finds what runs here."""
        file = self.home / "environment"
        file.unlink(missing_ok=True)
        file.touch(mode=0o600)
        file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))

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
        self.step([BIN / "warsa", "fleet", "migrate"], "Bringing every region to this version")
        self.step([BIN / "warsa", "collectstatic", "--noinput"], "Gathering static files")
        stamp.write_text(digest.hexdigest())

    def step(self, command: list[str | Path], what: str) -> None:
        """Run one command to its end. Raises CannotStart with its last lines."""
        say(f"{what} …")
        log = self.logs / f"{command[1]}.log"
        log.unlink(missing_ok=True)
        child = children.start(command, log=log, cwd=ROOT, family=self.family)
        while child.poll() is None:
            if self.stopping.wait(0.05):
                children.stop(child)
                raise KeyboardInterrupt
            self.revive()
        if child.returncode:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
            raise CannotStart(
                f"{what} failed; `make run` goes on from there once it is mended. The end of {log}:\n{tail}"
            )

    def serve(self, name: str, start: Callable[[], Running]) -> Running:
        """Start a server that is started again, at the same address, when it dies."""
        server = start()
        self.servers[name] = (start, server)
        return server

    def watch(self, name: str, command: list[str | Path], **environment: str) -> None:
        def start() -> subprocess.Popen[bytes]:
            log = self.logs / f"{name}.log"
            return children.start(command, log=log, cwd=ROOT, family=self.family, env=environment)

        self.watched[name] = (start, start())

    def revive(self) -> None:
        """Whatever has died runs again, servers first. Raises CannotStart for a server that does not start any more."""
        for name, (restart, server) in self.servers.items():
            if server.child.poll() is not None and not self.stopping.is_set():
                say(f"{name} ended with {server.child.returncode}; starting it again.")
                self.servers[name] = (restart, self.start_again(restart))
        for name, (start, child) in self.watched.items():
            if child.poll() is not None and not self.stopping.is_set():
                say(f"{name} ended with {child.returncode}; starting it again.")
                self.watched[name] = (start, start())

    def start_again(self, start: Callable[[], Server]) -> Server:
        # What a killed server leaves behind (its own children, a socket) is gone after a moment.
        for _ in range(4):
            with suppress(CannotStart):
                return start()
            if self.stopping.wait(1):
                raise KeyboardInterrupt
        return start()

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

    def stop_servers(self) -> None:
        for _start, server in reversed(self.servers.values()):
            server.stop()


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
        say(f"\nThe disk is full. {GO_ON}\n\n{reason}\n" if is_full(str(reason)) else f"\n{reason}\n")
        return 1
    except OSError as failure:
        if failure.errno not in NO_ROOM:
            raise
        say(f"\nThe disk is full. {GO_ON}\n({failure})\n")
        return 1
    except KeyboardInterrupt:
        say("\nStopped.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
