"""`python -m infra.backup.recover --bases FOLDER --wal FOLDER --to TIME --into FOLDER`: the whole cluster as it was at a moment.

It runs beside the living one, on a socket in its own folder and nowhere else, until the command is interrupted. One region
goes back to that moment by `warsa region export` from there and `warsa region restore` here.
"""

from __future__ import annotations

import os
import pwd
import shlex
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.backup import programs
from infra.backup.base import bases
from infra.backup.programs import BackupFailed, program
from infra.embedded import children

PATIENCE_S = 4 * 3600


@dataclass
class Recovered:
    """A running copy of the cluster; connect by its socket with the roles and passwords of that moment."""

    child: subprocess.Popen[bytes]
    socket_dir: Path

    def stop(self) -> None:
        children.stop(self.child, by=signal.SIGINT, patience=60)


def recover(*, from_bases: Path, wal: Path, to: datetime, into: Path) -> Recovered:
    """The cluster as it was at `to` runs in `into`, a folder that must not exist yet; it takes writes of its own.

    Raises:  BackupFailed when no base is old enough, or the log ends before that moment.
    """
    if to.tzinfo is None:
        raise BackupFailed("Give the time with its zone, for example 2026-11-24T14:05:00+07:00.")
    base = _base_before(from_bases, to)
    if into.exists():
        raise BackupFailed(f"{into} is there already: give a folder that is to be made.")
    into.mkdir(parents=True, mode=0o755)
    data = into / "pgdata"
    shutil.copytree(base, data, symlinks=True)
    data.chmod(0o700)
    wal = _readable(wal, into)
    # The last segment is still being written where the stream was cut off.
    fetch = f"cp {shlex.quote(str(wal))}/%f %p || cp {shlex.quote(str(wal))}/%f.partial %p"
    settings = {
        "restore_command": fetch,
        "recovery_target_time": to.astimezone(UTC).isoformat(sep=" "),
        "recovery_target_action": "promote",
        # The copy asks for no more connections and locks than it needs itself, whatever the original had.
        "hot_standby": "off",
        "archive_mode": "off",
        "listen_addresses": "",
        "unix_socket_directories": str(into),
        "unix_socket_permissions": "0777",
        "max_locks_per_transaction": "1024",
        "recovery_init_sync_method": "syncfs",
    }
    with (data / "postgresql.auto.conf").open("a") as file:
        for name, value in settings.items():
            file.write("{} = '{}'\n".format(name, value.replace("'", "''")))
    (data / "recovery.signal").touch()
    return _start(data, into)


def _base_before(folder: Path, to: datetime) -> Path:
    early = [path for ended, path in bases(folder) if ended <= to]
    if not early:
        raise BackupFailed(f"No base backup in {folder} ended before {to.isoformat()}.")
    return early[-1]


def _readable(wal: Path, into: Path) -> Path:
    """Where the server's own user may read the log: a copy when we are root, whose folders others may not enter."""
    if children.service_user() is None:
        return wal.resolve()
    return Path(shutil.copytree(wal, into / "wal"))


def _start(data: Path, into: Path) -> Recovered:
    user = children.service_user()
    if user:
        _give(into, user)
    log = into / "postgres.log"
    server = Recovered(
        children.start(
            [program("postgres"), "-D", data], log=log, user=user, on_our_death=signal.SIGINT, cwd=Path("/")
        ),
        into,
    )
    deadline = time.monotonic() + PATIENCE_S
    while not _is_open(into):
        if server.child.poll() is not None or time.monotonic() > deadline:
            server.stop()
            raise BackupFailed(f"The copy did not come up; from the end of {log}:\n{_last_words(log)}")
        time.sleep(0.1)
    return server


def _is_open(socket_dir: Path) -> bool:
    ask = [program("pg_isready"), "--host", socket_dir, "--quiet"]
    return subprocess.run([str(part) for part in ask], stdin=subprocess.DEVNULL).returncode == 0


def _give(folder: Path, user: pwd.struct_passwd) -> None:
    for root, folders, names in os.walk(folder):
        for name in ["", *folders, *names]:
            os.chown(Path(root) / name, user.pw_uid, user.pw_gid, follow_symlinks=False)


def _last_words(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines()
    complaints = [line for line in lines if ("FATAL" in line or "cp:" in line) and "starting up" not in line]
    return "\n".join((complaints or lines)[-5:])


def main() -> None:
    parser = programs.arguments("Recover the whole cluster to a moment, beside the living one.")
    parser.add_argument("--bases", type=Path, required=True, help="the folder of base backups")
    parser.add_argument("--wal", type=Path, required=True, help="the folder into which the log is streamed")
    parser.add_argument("--to", required=True, help="the moment with its zone, such as 2026-11-24T14:05:00+07:00")
    parser.add_argument("--into", type=Path, required=True, help="a folder to be made; short, for a socket lies in it")
    asked = parser.parse_args()
    try:
        moment = datetime.fromisoformat(asked.to)
    except ValueError:
        raise BackupFailed(f"--to {asked.to!r} is not a time such as 2026-11-24T14:05:00+07:00.") from None
    # A shell lets its background jobs ignore an interrupt, and this may well be one.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    began = time.monotonic()
    try:
        server = recover(from_bases=asked.bases, wal=asked.wal, to=moment, into=asked.into)
    except KeyboardInterrupt:
        raise BackupFailed(f"Stopped before the moment was reached; delete {asked.into}.") from None
    try:
        seconds = time.monotonic() - began
        print(
            f"As of {moment.isoformat()} after {seconds:.0f} s; socket in {asked.into}. Interrupt to stop.", flush=True
        )
        server.child.wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    raise SystemExit(programs.main(main))
