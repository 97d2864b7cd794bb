"""What stands in a region's schema: tables with their columns, sequences with their owners, and what is never carried."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from tenants.schemas.names import quoted

# Signed for one schema name, or worth nothing an hour later. Everybody signs in again after a restore.
LEFT_OUT = frozenset({"account_emailconfirmation", "django_session"})
# What the schema itself is made of; it follows the version, not the rows.
MIGRATIONS = "django_migrations"


@dataclass
class Layout:
    """A table as the database has it, generated columns left out."""

    name: str
    columns: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Owned:
    """A sequence and the column that it numbers; both empty for one that stands alone."""

    name: str
    table: str
    column: str


_LAYOUT = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
       array_position(i.indkey::int2[], a.attnum)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname, a.attnum
"""

_SEQUENCES = """
SELECT c.relname, coalesce(t.relname, ''), coalesce(a.attname, '')
FROM pg_class c
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
    AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind = 'S'
ORDER BY c.relname
"""


def layouts(cursor: Any, schema: str) -> list[Layout]:
    """Every table of the schema by name, those that are never carried left out."""
    cursor.execute(_LAYOUT, [quoted(schema)])
    found: dict[str, Layout] = {}
    places: dict[str, list[tuple[int, str]]] = {}
    for table, column, kind, place in cursor.fetchall():
        if table in LEFT_OUT:
            continue
        one = found.setdefault(table, Layout(table))
        one.columns.append(column)
        one.types.append(kind)
        if place is not None:
            places.setdefault(table, []).append((place, column))
    for table, keyed in places.items():
        found[table].key = [column for _, column in sorted(keyed)]
    return list(found.values())


def sequences(cursor: Any, schema: str) -> list[Owned]:
    """Every sequence of the schema by name."""
    cursor.execute(_SEQUENCES, [quoted(schema)])
    return [Owned(*row) for row in cursor.fetchall()]


def copy_out(schema: str, table: Layout) -> sql.Composed:
    """Reads the table in binary, in the order of its key, so that the same rows are the same bytes."""
    order = sql.SQL(" ORDER BY {}").format(_names(table.key)) if table.key else sql.SQL("")
    return sql.SQL("COPY (SELECT {} FROM {}{}) TO STDOUT (FORMAT binary)").format(
        _names(table.columns), sql.Identifier(schema, table.name), order
    )


def copy_in(schema: str, table: str, columns: list[str]) -> sql.Composed:
    """Writes what `copy_out` has read."""
    return sql.SQL("COPY {} ({}) FROM STDIN (FORMAT binary)").format(sql.Identifier(schema, table), _names(columns))


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
