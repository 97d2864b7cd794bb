"""One region into a file."""

from __future__ import annotations

import os
import subprocess
import time
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

from tests.benchmarks.figures import Line, Sample, Section, faster, megabytes, not_yet
from tests.benchmarks.ground import Ground


def backup(ground: Ground, rounds: int) -> Section:
    """Ours against `pg_dump -n`, the way of those who use stock."""
    section = Section(
        "Back up one region",
        "A region with two hundred goods, in the database that holds the whole fleet: our export (every table in one snapshot, sequences,"
        " files, signed manifest) and `pg_dump -n SCHEMA -Fc`, whose own process is part of its time. Ours runs inside a process that"
        " is there already.",
        against="pg_dump",
    )
    try:
        there = find_spec("tenants.backup.exporting") is not None
    except ModuleNotFoundError:
        there = False
    if not there:
        section.lines.append(not_yet("export", "tenants.backup has no export"))
        return section
    ours, theirs, sizes = list[float](), list[float](), list[float]()
    dump = ground.home / "region.dump"
    we = ground.agent("ours", login="worker")
    (schema,) = we.ask("schemas_of", first=0, regions=1)
    for _ in range(rounds):
        saved = we.ask("export", schema=schema, path=str(ground.home / "region.zip"))
        ours.append(saved["seconds"])
    sizes.append(saved["bytes"])
    for _ in range(max(rounds // 2, 1)):
        began = time.monotonic()
        subprocess.run(
            [ground.program("pg_dump"), "-n", schema, "-Fc", "-f", dump, "-d", "warsa", "-U", "warsa"]
            + ["-h", str(ground.database.socket_dir)],
            env={**os.environ, "PGPASSWORD": unquote(urlsplit(ground.database.url).password or "")},
            check=True,
        )
        theirs.append(time.monotonic() - began)
    sizes.append(dump.stat().st_size)
    dump.unlink()
    section.lines += [
        faster("export", Sample(ours), Sample(theirs)),
        Line("size", megabytes(sizes[0]), megabytes(sizes[1])),
    ]
    return section
