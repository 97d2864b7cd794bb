"""`python -m infra.backup.base --into FOLDER --wal FOLDER`: one more base backup, checked; old ones and their log are dropped.

Once a day. A base is named by the moment when it ended, in UTC: it can be recovered to any later moment.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

from infra.backup import programs
from infra.backup.programs import BackupFailed, Server, alone_in, program, run, server_url

NAME = "%Y%m%dT%H%M%SZ"
KEPT = 7


def bases(folder: Path) -> list[tuple[datetime, Path]]:
    """Finished base backups with the moment when each ended, oldest first."""
    found = []
    for path in folder.iterdir() if folder.exists() else ():
        try:
            ended = datetime.strptime(path.name, NAME).replace(tzinfo=UTC)
        except ValueError:
            continue
        found.append((ended, path))
    return sorted(found)


def take(*, into: Path, wal: Path, url: str, keep: int = KEPT) -> Path:
    """A new base backup lies in the folder, every file of it checked against its manifest.

    Raises:  BackupFailed; then only an unfinished folder is left, which the next call clears.
    """
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    with alone_in(into):
        part = into / "unfinished"
        shutil.rmtree(part, ignore_errors=True)
        _copy(Server.at(url), part)
        # Rounded up: a moment inside this second may lie before the copy's end.
        ended = datetime.fromtimestamp(datetime.now(UTC).timestamp() + 1, UTC)
        target = into / ended.strftime(NAME)
        part.rename(target)
        _drop_old(into, wal, keep)
    return target


def _copy(server: Server, part: Path) -> None:
    """With the log that the copy itself needs, so that it can be checked and started without the streamed one."""
    copying: list[str | Path] = [
        program("pg_basebackup"),
        "--dbname",
        server.address,
        "--no-password",
        "--pgdata",
        part,
    ]
    run([*copying, "--wal-method", "stream", "--checkpoint", "fast", "--manifest-checksums", "SHA256"], server)
    run([program("pg_verifybackup"), "--quiet", "--no-parse-wal", part])


def _drop_old(into: Path, wal: Path, keep: int) -> None:
    """Only the newest `keep` bases stay, and the log from the oldest of them on."""
    found = bases(into)
    for _, path in found[:-keep]:
        shutil.rmtree(path)
    if wal.exists():
        run([program("pg_archivecleanup"), wal, first_segment(found[-keep:][0][1])])


def first_segment(base: Path) -> str:
    """The first file of the log that the base needs."""
    for line in (base / "backup_label").read_text().splitlines():
        if line.startswith("START WAL LOCATION:"):
            return line.rsplit("file ", 1)[1].rstrip(")")
    raise BackupFailed(f"{base} has no label: it is not a base backup.")


def main() -> None:
    parser = programs.arguments("Take a base backup of the whole cluster.")
    parser.add_argument("--into", type=Path, required=True, help="the folder of base backups")
    parser.add_argument("--wal", type=Path, required=True, help="the folder into which the log is streamed")
    parser.add_argument("--keep", type=int, default=KEPT, help=f"how many base backups to keep ({KEPT})")
    asked = parser.parse_args()
    if asked.keep < 1:
        raise BackupFailed("--keep: keep at least one base backup.")
    print(take(into=asked.into, wal=asked.wal, url=server_url(), keep=asked.keep))


if __name__ == "__main__":
    raise SystemExit(programs.main(main))
