"""The table on the screen, and docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.embedded import postgres
from infra.embedded.children import CannotStart
from tests.benchmarks.figures import Section
from tests.benchmarks.ground import COUNTING, ROOT, Ground, ground

PAGE = ROOT / "docs" / "benchmarks.md"
SHOWN = (
    "server_version",
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_connections",
    "random_page_cost",
    "autovacuum",
    "shared_preload_libraries",
)
HEAD = ("", "", "compared with", "ratio", "bar", "")


def passed(sections: Sequence[Section]) -> bool:
    return all(line.passed is not False for section in sections for line in section.lines)


def on_screen(sections: Sequence[Section]) -> str:
    """Aligned text."""
    rows = [HEAD]
    for section in sections:
        rows.append((section.title.upper(), section.side, section.against, "", "", ""))
        rows += [(f"  {one.what}", one.ours, one.theirs, one.ratio, one.bar, one.verdict) for one in section.lines]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def machine(ground: Ground, load_before: float = 0.0) -> list[str]:
    """What the figures were measured on. `load_before` is the load average when the run began."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = f"{load_before:.2f} before the run, {os.getloadavg()[0]:.2f} at its end"
    cores = os.cpu_count() or 1
    with ground.admin() as admin:
        settings = dict(
            admin.execute("SELECT name, current_setting(name) FROM unnest(%s::text[]) name", [list(SHOWN)]).fetchall()
        )
    about = [
        f"- Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC.",
        f"- {cores} cores ({processor}), {memory:.0f} GiB of memory, disk {shutil.disk_usage(ground.home).total / 2**30:.0f} GiB,"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}. Load average: {load}.",
        "- PostgreSQL as `make run` starts it, with `pg_stat_statements` besides for counting: "
        + ", ".join(f"`{name} = {settings[name]}`" for name in SHOWN)
        + ".",
    ]
    if load_before > cores / 2:
        about.append(
            "- **The machine was busy with other work during this run**: times are longer and spreads wider than on an idle one."
            " Both sides of each comparison had it so."
        )
    return about


def measured(
    topic: str,
    regions: int,
    work: Callable[[Ground], list[Section]],
    *,
    introduction: str,
    closing: str,
    write: bool,
) -> int:
    """Stand up the ground, do the work on it, tell it. Returns the exit code: 1 where it cannot start or a bar is missed."""
    load = os.getloadavg()[0]
    try:
        with ground(regions) as stage:
            sections = work(stage)
            tell(sections, machine(stage, load), topic, introduction, closing, write=write)
    except CannotStart as reason:
        print(f"\n{reason}\n")
        return 1
    return 0 if passed(sections) else 1


def tell(
    sections: list[Section], about: list[str], topic: str, introduction: str, closing: str, *, write: bool
) -> None:
    """On the screen; and where it is wanted, on the topic's page of the documentation."""
    print(on_screen(sections), flush=True)
    if write:
        page = PAGE.with_stem(f"benchmarks-{topic}")
        page.write_text(as_markdown(sections, about, f"make bench-{topic}", introduction, closing))


def as_markdown(
    sections: Sequence[Section], about: Sequence[str], command: str, introduction: str = "", closing: str = ""
) -> str:
    text = [
        (introduction or INTRODUCTION).format(command=command).strip(),
        "",
        "## Machine and settings",
        "",
        *about,
        "",
    ]
    for section in sections:
        text += [f"## {section.title}", "", section.method, ""]
        if section.against:
            text += [f"| | {section.side} | {section.against} | ratio | bar | |", "|---|---|---|---|---|---|"]
            text += [
                f"| {one.what} | {one.ours} | {one.theirs} | {one.ratio} | {one.bar} | {one.verdict} |"
                for one in section.lines
            ]
        else:
            text += ["| | WARSA |", "|---|---|", *(f"| {one.what} | {one.ours} |" for one in section.lines)]
        text.append("")
    return "\n".join([*text, (closing or CLOSING).strip(), ""])


INTRODUCTION = """
# Benchmarks

Written by `{command}`; do not edit. WARSA's engine beside django-tenants 4.0.1 as it comes and beside plain Django, with the same apps and
models, on one PostgreSQL server, in one run. A figure is the median; in brackets are the least, the greatest and the number of values.
Ratios are of medians. `make bench` exits with an error when a bar is missed.
"""
CLOSING = """
## How it is done

- Each side is a process of its own (`tests/benchmarks/agent.py`), for Django chooses its database backend when it starts. The measuring
  process sends it orders through a pipe; the time is taken inside the side's process, so starting Python and importing is in no figure.
- Stock has `ENGINE = "django_tenants.postgresql_backend"`, `TenantMainMiddleware`, `TenantSyncRouter`, `TenantMixin.create_schema` and
  `migrate_schemas`, and works as superuser, which spares it every check of rights. WARSA works with its roles: the worker's login for
  building and migrating, the web process's login for pages.
- The next release is the catalog's migrations with one `AddField` more, put in place by `MIGRATION_MODULES`.

## What is not compared

- Stock can clone a schema (`TENANT_BASE_SCHEMA`) instead of migrating it. That is its opt-in way, copies rows as well, and is not measured.
- Rows: the fleet's tables are empty but for twenty regions with goods. A migration that rewrites rows costs both sides the same work in the
  server, and the ratio falls accordingly.
- Many clients at once, a network between Django and the database, a pooler, replication: everything runs on one machine, through a socket.
- The page of `A request` is small on purpose; a larger page makes the share of tenancy smaller.
- The exact figures belong to this machine. What should hold elsewhere are the ratios.
"""
assert postgres.SETTINGS.get("fsync", "on") == "on" and "fsync" not in COUNTING
