"""A region that goes back to an archive keeps its log: what was written since is written behind the archive's part of the chain."""

from __future__ import annotations

from typing import Any

from psycopg import sql

from tenants.audit.models import AuditEvent, AuditHead
from tenants.backup.hooks import carried_over

_EVENTS, _HEAD = AuditEvent._meta.db_table, AuditHead._meta.db_table
_COLUMNS = [str(field.column) for field in AuditEvent._meta.concrete_fields]


@carried_over("audit")
def audit(cursor: Any, live: str, other: str) -> None:
    """The rows go over as they are, digests too, so the chain goes on where the archive's ended.

    Only where that end is a row of the living chain: two chains that part somewhere are not made to look like one.
    """
    names = {
        "events": sql.Identifier(other, _EVENTS),
        "head": sql.Identifier(other, _HEAD),
        "living_events": sql.Identifier(live, _EVENTS),
        "living_head": sql.Identifier(live, _HEAD),
        "columns": sql.SQL(", ").join(sql.Identifier(one) for one in _COLUMNS),
    }
    cursor.execute(
        sql.SQL(
            "SELECT h.last FROM {head} AS h WHERE h.last = 0"
            " OR EXISTS (SELECT 1 FROM {living_events} AS e WHERE e.id = h.last AND e.digest = h.digest)"
            " UNION ALL SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM {head})"
        ).format(**names)
    )
    found = cursor.fetchone()
    if found is None:
        return
    for table in ("events", "head"):
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(names[table]))
    cursor.execute(
        sql.SQL(
            "INSERT INTO {events} ({columns}) SELECT {columns} FROM {living_events} WHERE id > %s ORDER BY id"
        ).format(**names),
        [found[0]],
    )
    cursor.execute(
        sql.SQL(
            "INSERT INTO {head} (id, last, digest) SELECT id, last, digest FROM {living_head}"
            " ON CONFLICT (id) DO UPDATE SET last = excluded.last, digest = excluded.digest"
        ).format(**names)
    )
    for table in ("events", "head"):
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(names[table]))
