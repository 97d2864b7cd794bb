"""`python -m infra.backup.check --bases FOLDER --wal FOLDER`: is there a backup that would save us? Status 1 when not.

For the monitoring, every five minutes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from infra.backup import programs
from infra.backup.base import bases
from infra.backup.programs import SLOT, BackupFailed, server_url

OLDEST_BASE = timedelta(hours=36)
MOST_BEHIND_BYTES = 64 << 20


def complaints(*, from_bases: Path, wal: Path, url: str) -> list[str]:
    """What stands in the way of a recovery to the last minutes, a sentence each."""
    found = []
    taken = bases(from_bases)
    if not taken or datetime.now(UTC) - taken[-1][0] > OLDEST_BASE:
        found.append(f"The newest base backup is {taken[-1][1].name if taken else 'none'}: take one.")
    if not wal.exists() or not any(wal.iterdir()):
        found.append(f"No log lies in {wal}: start infra.backup.wal.")
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as server:
        slot = server.execute(
            "SELECT active, wal_status, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn) FROM pg_replication_slots"
            " WHERE slot_name = %s",
            [SLOT],
        ).fetchone()
    if slot is None:
        found.append(f"The server has no slot {SLOT}: start infra.backup.wal.")
    elif slot[1] == "lost":
        found.append("The server has thrown away log that was never streamed: drop the slot, start again, take a base.")
    elif not slot[0]:
        found.append("Nobody streams the log: start infra.backup.wal.")
    elif slot[2] is not None and slot[2] > MOST_BEHIND_BYTES:
        found.append(f"The streamed log is {int(slot[2]) >> 20} MB behind.")
    return found


def main() -> None:
    parser = programs.arguments("Check that the last minutes could be recovered.")
    parser.add_argument("--bases", type=Path, required=True, help="the folder of base backups")
    parser.add_argument("--wal", type=Path, required=True, help="the folder into which the log is streamed")
    asked = parser.parse_args()
    try:
        found = complaints(from_bases=asked.bases, wal=asked.wal, url=server_url())
    except psycopg.OperationalError as failure:
        raise BackupFailed(f"The server does not answer: {failure}") from failure
    if found:
        raise BackupFailed("\n".join(found))
    print("A base backup is there, and the log is streamed.")


if __name__ == "__main__":
    raise SystemExit(programs.main(main))
