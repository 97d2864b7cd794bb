"""A real PgBouncer in front of the tests' PostgreSQL."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from infra.embedded import children

UNPACKED = Path(__file__).resolve().parents[2] / ".venv" / "pgbouncer"


@contextmanager
def bouncer(database: dict[str, Any], **settings: str) -> Iterator[dict[str, Any]]:
    """PgBouncer for this entry of DATABASES; yields the entry that leads through it. `settings` as in pgbouncer.ini."""
    user = children.service_user()
    home = Path(tempfile.mkdtemp(prefix="warsa-pgb-"))
    try:
        (home / "users.txt").write_text(f'"{database["USER"]}" "{database["PASSWORD"]}"\n')
        options = {
            "listen_addr": "",
            "unix_socket_dir": str(home),
            "listen_port": "6432",
            "auth_type": "scram-sha-256",
            "auth_file": str(home / "users.txt"),
            "logfile": "",
            **settings,
        }
        where = f"host={database['HOST']} port={database['PORT']} dbname={database['NAME']}"
        lines = ["[databases]", f"* = {where}", "[pgbouncer]", *(f"{key} = {value}" for key, value in options.items())]
        (home / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
        if user:
            for path in [home, *home.iterdir()]:
                os.chown(path, user.pw_uid, user.pw_gid)
        program, libraries = _program(home)
        child = children.start(
            [program, home / "pgbouncer.ini"],
            log=home / "log",
            user=user,
            cwd=Path("/"),
            env={"LD_LIBRARY_PATH": os.pathsep.join(libraries)},
        )
        through = {**database, "HOST": str(home), "PORT": "6432"}
        try:
            _wait(through, home / "log")
            yield through
        finally:
            children.stop(child, by=signal.SIGTERM)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _program(home: Path) -> tuple[Path, list[str]]:
    """The program and its own libraries; copied, since the service user may not reach our checkout."""
    installed = shutil.which("pgbouncer")
    if installed:
        return Path(installed), []
    copy = home / "program"
    shutil.copytree(UNPACKED, copy)
    copy.chmod(0o755)
    return copy / "usr" / "sbin" / "pgbouncer", sorted({str(path.parent) for path in copy.rglob("*.so.*")})


def _wait(through: dict[str, Any], log: Path) -> None:
    """It takes connections: its socket is there a moment before."""
    deadline = time.monotonic() + 10
    with socket.socket(socket.AF_UNIX) as knock:
        while knock.connect_ex(str(Path(through["HOST"]) / ".s.PGSQL.6432")):
            if time.monotonic() > deadline:
                raise RuntimeError(log.read_text())
            time.sleep(0.02)
