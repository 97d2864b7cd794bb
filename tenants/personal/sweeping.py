"""After the apps have forgotten somebody: whatever text of the region still names them is changed, wherever it stands."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import IntegrityError, connection, transaction

from tenants.context import as_owner, current_region
from tenants.personal.people import GONE, SHORTEST, Person, holders, own_names
from tenants.personal.resealing import sealed_columns
from tenants.personal.sealing import indexes_of

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype)
ORDER BY c.relname, a.attnum
"""
# What says which code made the schema, and nothing of people.
_LEFT_OUT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


@dataclass(frozen=True)
class Needles:
    """What is looked for. Numbers as digits, with the country in front; `indexes`: digests of numbers that nobody keeps."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    niks: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()

    @classmethod
    def of(cls, person: Person) -> Needles:
        """Of everything that the apps know. The region is bound."""
        indexes = {index for one in holders() for index in one.holder.indexes(person)}
        kept = (person.names, person.numbers, person.niks, person.mails, indexes)
        return cls(*(tuple(sorted(texts)) for texts in kept))

    def joined(self, other: Needles) -> Needles:
        """What either looks for."""
        return Needles(**{name: tuple(sorted({*texts, *getattr(other, name)})) for name, texts in asdict(self).items()})

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def unpacked(cls, text: str) -> Needles:
        return cls(**{name: tuple(kept) for name, kept in json.loads(text or "{}").items()})


@dataclass(frozen=True)
class Swept:
    """Rows that were changed, by table; and columns that the database would not have changed, for somebody to look at."""

    changed: dict[str, int]
    refused: tuple[str, ...]


def pattern(needles: Needles) -> str:
    """A regular expression of PostgreSQL, for capitals and small letters alike; "" for nothing to look for.

    Names and addresses as whole words; numbers with any gaps, and telephones with either beginning.
    """
    parts = []
    for words in (*needles.names, *needles.mails):
        # JSON may write a sign in three ways.
        for spelled in {words, json.dumps(words)[1:-1], json.dumps(words, ensure_ascii=False)[1:-1]}:
            if len(spelled) >= SHORTEST:
                parts.append(r"(?<!\w)" + re.sub(r"\s+", r"\\s+", _escaped(spelled)) + r"(?!\w)")
    for number in needles.numbers:
        local = number.removeprefix("62")
        parts.append(r"(?<!\d)(\+?62|0)?" + _gapped(local) + r"(?!\d)")
    parts += [r"(?<!\d)" + _gapped(nik) + r"(?!\d)" for nik in needles.niks]
    return "|".join(f"({part})" for part in parts)


def sweep(needles: Needles) -> Swept:
    """Every text and JSON column of the bound region, table by table, each in a transaction of its own; safe to run again.

    Rules that keep rows from being rewritten are left out for what names the person, and for nothing else: the table is
    held against other writers for that moment. Not inside a transaction; as the owner, so never in the web process.
    """
    wanted, unnamed, spared = pattern(needles), pattern(replace(needles, names=())), own_names()
    if not wanted and not needles.indexes:
        return Swept({}, ())
    schema = current_region().schema_name
    # Made with the region's keys, so before its owner works here.
    indexes = [index for digits in (*needles.numbers, *needles.niks) for index in indexes_of(digits)]
    changed: dict[str, int] = {}
    refused: list[str] = []
    with as_owner(schema):
        for model, field, index in sealed_columns():
            if index is not None:
                table = model._meta.db_table
                count = _sealed(schema, table, str(field.column), str(index.column), indexes)
                if count:
                    changed[table] = changed.get(table, 0) + count
        for table, columns in _texts(schema).items():
            for column, kind in columns:
                if column == "blind_index":
                    _unlinked(schema, table, needles.indexes)
                rows = _column(schema, table, column, kind, unnamed if f"{table}.{column}" in spared else wanted)
                if rows is None:
                    refused.append(f"{table}.{column}")
                elif rows:
                    changed[table] = changed.get(table, 0) + rows
    return Swept(changed, tuple(refused))


def found(needles: Needles) -> dict[str, int]:
    """Rows that name them, by table, namesakes' own rows among them: read only."""
    wanted, schema = pattern(needles), current_region().schema_name
    rows: dict[str, int] = {}
    if wanted:
        for table, columns in _texts(schema).items():
            hit = " OR ".join(f'"{column}"::text ~* %s' for column, _kind in columns)
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}" WHERE {hit}', [wanted] * len(columns))
                (count,) = cursor.fetchone()
            if count:
                rows[table] = count
    return rows


def _texts(schema: str) -> dict[str, list[tuple[str, str]]]:
    tables: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [f'"{schema}"'])
        for table, column, kind in cursor.fetchall():
            if table not in _LEFT_OUT:
                tables.setdefault(table, []).append((column, kind))
    return tables


def _column(schema: str, table: str, column: str, kind: str, wanted: str) -> int | None:
    if not wanted:
        return 0
    place = f'"{schema}"."{table}"'
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT EXISTS (SELECT FROM {place} WHERE "{column}"::text ~* %s)', [wanted])
        if not cursor.fetchone()[0]:
            return 0
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(f"ALTER TABLE {place} DISABLE TRIGGER USER")
            cursor.execute(
                f'UPDATE {place} SET "{column}" = regexp_replace("{column}"::text, %s, %s, \'gi\')::{kind}'
                f' WHERE "{column}"::text ~* %s',
                [wanted, GONE, wanted],
            )
            rows: Any = cursor.rowcount
            cursor.execute(f"ALTER TABLE {place} ENABLE TRIGGER USER")
    except IntegrityError:
        return None
    return int(rows)


def _unlinked(schema: str, table: str, indexes: tuple[str, ...]) -> None:
    place = f'"{schema}"."{table}"'
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {place} WHERE blind_index = ANY(%s)", [list(indexes)])
        ids = [row[0] for row in cursor.fetchall()]
        if ids:
            cursor.execute("SET LOCAL lock_timeout = '5s'")
            cursor.execute(f"ALTER TABLE {place} DISABLE TRIGGER USER")
            for pk in ids:
                cursor.execute(f"UPDATE {place} SET blind_index = %s WHERE id = %s", [secrets.token_hex(32), pk])
            cursor.execute(f"ALTER TABLE {place} ENABLE TRIGGER USER")


def _sealed(schema: str, table: str, column: str, index: str, indexes: list[str]) -> int:
    """Sealed numbers that somebody else wrote down are found by their blind indexes alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [f'"{schema}"."{table}"'])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(
            f'UPDATE "{schema}"."{table}" SET "{column}" = \'\', "{index}" = \'\' WHERE "{index}" = ANY(%s)', [indexes]
        )
        return int(cursor.rowcount)


def _escaped(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)


def _gapped(digits: Iterable[str]) -> str:
    return r"[ ./-]*".join(digits)
