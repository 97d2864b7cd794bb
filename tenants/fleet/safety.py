"""New migrations are such that old and new code serve side by side and no region waits for a lock; see docs/migrations.md.

Squawk reads the SQL that Django really sends. Migrations in the baseline have shipped and are not judged again.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tenants.context import as_owner
from tenants.fleet.errors import FleetError
from tenants.registry import in_public, in_regions
from tenants.schemas.names import filled
from tenants.schemas.release import current_release

BASELINE = Path(__file__).with_name("baseline.txt")
# What the fleet itself takes care of (time limits, one transaction), and matters of taste. A foreign key is found on a new
# column only, where there is nothing to scan; on one with rows it is a constraint that must be NOT VALID first.
LEFT_OUT = (
    "adding-foreign-key-constraint",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-timestamp-tz",
    "require-lock-timeout",
    "require-statement-timeout",
)
# What takes away, so that code that still asks for it breaks. A migration that says why nobody asks any more may do it.
CONTRACTING = frozenset(
    {"ban-drop-column", "ban-drop-table", "ban-drop-constraint", "ban-drop-default", "ban-drop-not-null"}
)
# varchar to text: PostgreSQL changes its catalogue alone (docs, ALTER TABLE, notes). SQL does not show what it was before, so
# the migration says it: `widens = "…"`.
_WIDENING = re.compile(r'TYPE text USING "\w+"::text')
# Any schema's name serves; it only has to read as SQL.
_ANY_SCHEMA = "t_0000000000000000"


@dataclass(frozen=True)
class Fault:
    """Why a migration may not ship."""

    migration: str
    rule: str
    statement: str
    message: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule}: {self.statement}\n    {self.message}"


def faults() -> list[Fault]:
    """Everything wrong with migrations that are newer than the baseline. Called on the platform, whose tables are there.

    Raises:  FleetError when squawk is not installed.
    """
    loader = MigrationLoader(connection, replace_migrations=False)
    accepted = set(BASELINE.read_text().split())
    new = [migration for name, migration in _all(loader) if name not in accepted]
    if not new:
        return []
    script = {}
    if any(in_regions(migration.app_label) for migration in new):
        script = {(step["app"], step["name"]): step["statements"] for step in current_release().script}
    found: list[Fault] = []
    for migration in new:
        captured = script.get((migration.app_label, migration.name))
        statements = _collected(loader, migration) if captured is None else captured
        found += judge(migration, [filled(text, _ANY_SCHEMA) for text in statements])
    return found


def judge(migration: Any, statements: list[str]) -> list[Fault]:
    """What squawk says of these statements of a migration."""
    name = f"{migration.app_label}.{migration.name}"
    text = "".join(f"{statement.rstrip().rstrip(';')};\n" for statement in statements)
    found = [
        Fault(name, one["rule_name"], _statement(text, one["line"]), one["message"])
        for one in _squawk(text, in_transaction=migration.atomic)
    ]
    return [fault for fault in found if not _is_explained(migration, fault)]


def _is_explained(migration: Any, fault: Fault) -> bool:
    if fault.rule in CONTRACTING:
        return bool(getattr(migration, "contract", ""))
    widens = fault.rule == "changing-column-type" and _WIDENING.search(fault.statement)
    return bool(widens and getattr(migration, "widens", ""))


def accept_all() -> int:
    """Every migration of this code is in the baseline: a release has shipped. Returns how many."""
    names = [name for name, _ in _all(MigrationLoader(None, replace_migrations=False))]
    BASELINE.write_text("".join(f"{name}\n" for name in names))
    return len(names)


def _all(loader: Any) -> Iterable[tuple[str, Any]]:
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if in_public(app) or in_regions(app):
            yield f"{app}.{name}", migration


def _collected(loader: Any, migration: Any) -> list[str]:
    """As `sqlmigrate` shows it; for the platform's own tables, and for what Python does not hide."""
    with as_owner():
        lines = loader.collect_sql([(migration, False)])
    return [line for line in lines if line not in ("BEGIN;", "COMMIT;") and not line.startswith("--")]


def _squawk(text: str, *, in_transaction: bool) -> list[dict[str, Any]]:
    program = shutil.which("squawk", path=str(Path(sys.executable).parent)) or shutil.which("squawk")
    if program is None:
        raise FleetError("squawk is not installed; it comes with `python3 infra/embedded/bootstrap.py lint`")
    command = [program, "--reporter", "json", "--pg-version", "15.0", "--exclude", ",".join(LEFT_OUT)]
    if in_transaction:
        command.append("--assume-in-transaction")
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(done.stdout or "[]"))
    except ValueError as bad:
        raise FleetError(f"squawk failed: {done.stderr.strip() or done.stdout[:300]}") from bad


def _statement(text: str, line: int) -> str:
    lines = text.splitlines()
    return " ".join(lines[line].split())[:200] if line < len(lines) else ""
