"""How two schemas of one region differ: counts per table, and the rows behind them a page at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from psycopg import sql

from tenants.backup import tables
from tenants.backup.tables import Layout
from tenants.context import as_owner


@dataclass(frozen=True)
class TableDifference:
    """Rows by primary key: only in the first schema, only in the second, in both with other values."""

    table: str
    only_first: int
    only_second: int
    changed: int

    @property
    def total(self) -> int:
        return self.only_first + self.only_second + self.changed


@dataclass(frozen=True)
class RowDifference:
    """One row. `what` is first, second or changed; `columns` are those with other values."""

    key: dict[str, Any]
    what: str
    columns: list[str]


@contextmanager
def _looking() -> Iterator[Any]:
    """A cursor in one unchanging state of both schemas, as their owner."""
    with as_owner():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield cursor


def differences(first: str, second: str) -> list[TableDifference]:
    """Tables in which two schemas differ; none for equal ones. A table that one of them lacks counts all its rows.

    Sessions and the record of migrations are not compared.
    """
    with _looking() as cursor:
        return compare(cursor, first, second)


def compare(cursor: Any, first: str, second: str) -> list[TableDifference]:
    """As `differences`, inside a transaction of the owner."""
    one, two = _by_name(cursor, first), _by_name(cursor, second)
    found = []
    for name in sorted(one.keys() | two.keys()):
        if name in one and name in two:
            cursor.execute(_counting(first, second, one[name], two[name]))
            counts = cursor.fetchone()
        else:
            cursor.execute(
                sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(first if name in one else second, name))
            )
            rows = cursor.fetchone()[0]
            counts = (rows, 0, 0) if name in one else (0, rows, 0)
        if any(counts):
            found.append(TableDifference(name, *counts))
    return found


def rows_of(first: str, second: str, table: str, *, limit: int = 20, offset: int = 0) -> list[RowDifference]:
    """One page of the rows that differ in this table, in the order of their keys.

    Raises:  LookupError for a table that not both have.
    """
    with _looking() as cursor:
        one, two = _by_name(cursor, first), _by_name(cursor, second)
        if table not in one or table not in two:
            raise LookupError(f"not both schemas have the table {table}")
        cursor.execute(_listing(first, second, one[table], two[table]), [limit, offset])
        return [RowDifference(json.loads(key), what, columns or []) for key, what, columns in cursor.fetchall()]


def _by_name(cursor: Any, schema: str) -> dict[str, Layout]:
    return {one.name: one for one in tables.layouts(cursor, schema) if one.name != tables.MIGRATIONS}


def _sides(first: str, second: str, one: Layout, two: Layout) -> dict[str, sql.Composable]:
    """Both tables with their common columns as JSON: equal whatever the order and the precision of the types."""
    common = [column for column in one.columns if column in two.columns]
    body = sql.SQL("(SELECT {keys}, to_jsonb(r) AS row FROM (SELECT {columns} FROM {table}) AS r)")

    def side(schema: str) -> sql.Composed:
        return body.format(
            keys=sql.SQL(", ").join(sql.Identifier("r", column) for column in one.key),
            columns=sql.SQL(", ").join(map(sql.Identifier, common)),
            table=sql.Identifier(schema, one.name),
        )

    return {"first": side(first), "second": side(second), "keys": sql.SQL(", ").join(map(sql.Identifier, one.key))}


def _counting(first: str, second: str, one: Layout, two: Layout) -> sql.Composed:
    return sql.SQL(
        "SELECT count(*) FILTER (WHERE b.row IS NULL), count(*) FILTER (WHERE a.row IS NULL),"
        " count(*) FILTER (WHERE a.row <> b.row) FROM {first} AS a FULL JOIN {second} AS b USING ({keys})"
    ).format(**_sides(first, second, one, two))


def _listing(first: str, second: str, one: Layout, two: Layout) -> sql.Composed:
    key = sql.SQL("jsonb_build_object({})").format(
        sql.SQL(", ").join(sql.SQL("{}, {}").format(sql.Literal(column), sql.Identifier(column)) for column in one.key)
    )
    return sql.SQL(
        "SELECT {key}, CASE WHEN b.row IS NULL THEN 'first' WHEN a.row IS NULL THEN 'second' ELSE 'changed' END,"
        " (SELECT array_agg(e.key ORDER BY e.key) FROM jsonb_each(a.row) AS e WHERE a.row IS NOT NULL AND b.row IS NOT NULL"
        " AND e.value IS DISTINCT FROM b.row -> e.key)"
        " FROM {first} AS a FULL JOIN {second} AS b USING ({keys})"
        " WHERE a.row IS DISTINCT FROM b.row ORDER BY {keys} LIMIT %s OFFSET %s"
    ).format(key=key, **_sides(first, second, one, two))
