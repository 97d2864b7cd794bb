"""`python -m infra.backup.wal --into FOLDER`: streams the write-ahead log into a folder, for as long as it runs.

A service of its own beside the database, restarted when it ends (`Restart=always`). What is committed lies in the folder
moments later, so a lost server costs seconds. The slot has the server keep what the folder does not have yet.
"""

from __future__ import annotations

import os
from pathlib import Path

from infra.backup import programs
from infra.backup.programs import SLOT, Server, program, run, server_url


def command(folder: Path, server: Server) -> list[str]:
    """What streams into the folder; the slot is made when it is not there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    receive = [str(program("pg_receivewal")), "--dbname", server.address, "--slot", SLOT, "--no-password"]
    run([*receive, "--create-slot", "--if-not-exists"], server)
    return [*receive, "--directory", str(folder), "--synchronous"]


def main() -> None:
    parser = programs.arguments("Stream the write-ahead log into a folder.")
    parser.add_argument("--into", type=Path, required=True, help="the folder; not on the database's own disk")
    server = Server.at(server_url())
    streaming = command(parser.parse_args().into, server)
    # In our place, so that whoever watches us watches the stream itself.
    os.execve(streaming[0], streaming, server.environment)


if __name__ == "__main__":
    raise SystemExit(programs.main(main))
