"""After the apps have forgotten somebody: what others wrote of them is changed, in the columns where people write freely."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from psycopg.types.json import Jsonb

from tenants.context import as_owner, current_region
from tenants.personal.people import GONE, SHORTEST, Person, holders
from tenants.personal.resealing import sealed_columns
from tenants.personal.sealing import indexes_of
from tenants.personal.texts import is_free

_COLUMNS = """
SELECT c.relname, a.attname, a.atttypid IN ('json'::regtype, 'jsonb'::regtype)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
JOIN pg_attribute key ON key.attrelid = c.oid AND key.attname = 'id'
WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype, 'json'::regtype, 'jsonb'::regtype)
ORDER BY c.relname, a.attnum
"""
# Sealed numbers of people's own accounts and books: their owners' alone to empty.
_OWN = frozenset({"identity_user", "bank_sampah_member"})


@dataclass(frozen=True)
class Needles:
    """What is looked for. Numbers as digits, with the country in front; `indexes`: digests of numbers that nobody keeps."""

    names: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    niks: tuple[str, ...] = ()
    mails: tuple[str, ...] = ()
    indexes: tuple[str, ...] = ()

    @classmethod
    def of(cls, person: Person) -> Needles:
        """Of everything that the apps know, without telephones that somebody else has too. The region is bound."""
        parts = [one.holder for one in holders()]
        numbers = {one for one in person.numbers if not any(part.claims(one, person) for part in parts)}
        indexes = {index for part in parts for index in part.indexes(person)}
        kept = (person.names, person.aliases, person.documents, numbers, person.niks, person.mails, indexes)
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
    """Rows that were changed, by table; and those that the database would not have changed, for somebody to look at."""

    changed: dict[str, int]
    refused: tuple[str, ...]


def pattern(needles: Needles) -> str:
    """What is the person's wherever it stands; "" for nothing. PostgreSQL and Python read it alike, in capitals or small letters.

    Names and addresses as whole words; numbers with any gaps, and telephones with either beginning.
    """
    parts = [_words(text) for text in (*needles.names, *needles.mails) if len(text) >= SHORTEST]
    parts += [_digits(r"(?:\+?62|0)?" + _gapped(number.removeprefix("62"))) for number in needles.numbers]
    parts += [_digits(_gapped(nik)) for nik in needles.niks]
    return "|".join(f"(?:{part})" for part in parts)


def beside(needles: Needles) -> tuple[str, str]:
    """Names that count only beside a document of theirs: a pattern for these, and one for the documents' numbers."""
    if not needles.aliases or not needles.documents:
        return "", ""
    return "|".join(f"(?:{_words(one)})" for one in needles.aliases), rf"(?<!\w)(?:{'|'.join(needles.documents)})(?!\w)"


def sweep(needles: Needles, wipes: Iterable[tuple[str, str, list[int]]] = ()) -> Swept:
    """Every free text of the bound region, row by row in a transaction for each table; safe to run again.

    Rules that keep rows from being rewritten are left out for these rows, and for nothing else: the table is held against
    other writers while they are changed, not while they are looked for. `wipes`: notes that go as a whole.
    Not inside a transaction; as the owner, so never in the web process.
    """
    schema = current_region().schema_name
    # Made with the region's keys, so before its owner works here.
    sealed = [index for digits in (*needles.numbers, *needles.niks) for index in indexes_of(digits)]
    changed: dict[str, int] = {}
    refused: list[str] = []

    def done(table: str, rows: int) -> None:
        if rows:
            changed[table] = changed.get(table, 0) + rows

    with as_owner(schema):
        tables = _tables(schema)
        for model, field, index in sealed_columns():
            table = model._meta.db_table
            if index is not None and table in tables and table not in _OWN:
                done(table, _sealed(schema, table, str(field.column), str(index.column), sealed))
        for table, column, ids in wipes:
            if table in tables:
                done(table, _rewritten(schema, table, column, [(pk, GONE) for pk in ids], refused))
        for table, columns in tables.items():
            if any(name == "blind_index" for name, _is_json in columns):
                _unlinked(schema, table, needles.indexes)
            for column, is_json in columns:
                if is_free(table, column):
                    done(
                        table,
                        _rewritten(schema, table, column, _found(schema, table, column, is_json, needles), refused),
                    )
    return Swept(changed, tuple(refused))


def found(needles: Needles) -> dict[str, int]:
    """Rows of the bound region with a text, of any column, that names them, by table: a proof that reads alone."""
    wanted, schema = pattern(needles), current_region().schema_name
    rows: dict[str, int] = {}
    if wanted:
        for table, columns in _tables(schema).items():
            hit = " OR ".join(f'"{column}"::text ~* %s' for column, _is_json in columns)
            with connection.cursor() as cursor:
                cursor.execute(f'SELECT count(*) FROM "{schema}"."{table}" WHERE {hit}', [wanted] * len(columns))
                (count,) = cursor.fetchone()
            if count:
                rows[table] = count
    return rows


def _tables(schema: str) -> dict[str, list[tuple[str, bool]]]:
    tables: dict[str, list[tuple[str, bool]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [f'"{schema}"'])
        for table, column, is_json in cursor.fetchall():
            tables.setdefault(table, []).append((column, is_json))
    return tables


def _found(schema: str, table: str, column: str, is_json: bool, needles: Needles) -> list[tuple[int, Any]]:
    """Rows with the text as it shall be."""
    everywhere, (aliases, documents) = pattern(needles), beside(needles)
    rows: dict[int, Any] = {}
    for wanted, near in ((everywhere, ""), (aliases, documents)):
        if not wanted:
            continue
        with connection.cursor() as cursor:
            also = " AND t::text ~ %s" if near else ""
            cursor.execute(
                f'SELECT id, "{column}" FROM "{schema}"."{table}" AS t WHERE "{column}"::text ~* %s{also}',
                [wanted, near] if near else [wanted],
            )
            for pk, value in cursor.fetchall():
                before = rows.get(pk, json.loads(value) if is_json and isinstance(value, str) else value)
                rows[pk] = _without(re.compile(wanted, re.IGNORECASE), before)
    return [(pk, Jsonb(value) if is_json else value) for pk, value in rows.items()]


def _without(wanted: re.Pattern[str], value: Any) -> Any:
    """The text, or all texts of a JSON value, without it; names of fields, numbers and truth values stay."""
    if isinstance(value, str):
        return wanted.sub(GONE, value)
    if isinstance(value, list):
        return [_without(wanted, one) for one in value]
    if isinstance(value, dict):
        return {name: _without(wanted, one) for name, one in value.items()}
    return value


def _rewritten(schema: str, table: str, column: str, rows: Sequence[tuple[int, Any]], refused: list[str]) -> int:
    if not rows:
        return 0
    done = 0
    try:
        with _unguarded(schema, table) as cursor:
            for pk, value in rows:
                try:
                    with transaction.atomic():
                        cursor.execute(f'UPDATE "{schema}"."{table}" SET "{column}" = %s WHERE id = %s', [value, pk])
                    done += 1
                except DatabaseError:
                    refused.append(f"{table}.{column} {pk}")
    except DatabaseError:
        # The table stayed in use: nothing of it is changed, and the next try comes to it again.
        refused.append(f"{table}.{column}")
        return 0
    return done


def _unlinked(schema: str, table: str, indexes: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT id FROM "{schema}"."{table}" WHERE blind_index = ANY(%s)', [list(indexes)])
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        with _unguarded(schema, table) as cursor:
            for pk in ids:
                cursor.execute(
                    f'UPDATE "{schema}"."{table}" SET blind_index = %s WHERE id = %s', [secrets.token_hex(32), pk]
                )


@contextmanager
def _unguarded(schema: str, table: str) -> Iterator[Any]:
    """One transaction with the table's own triggers left out; they are back with its end, whatever it is."""
    place = f'"{schema}"."{table}"'
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5s'")
        cursor.execute(f"ALTER TABLE {place} DISABLE TRIGGER USER")
        yield cursor
        cursor.execute(f"ALTER TABLE {place} ENABLE TRIGGER USER")


def _sealed(schema: str, table: str, column: str, index: str, indexes: list[str]) -> int:
    """Sealed numbers that somebody else wrote down are found by their blind indexes alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'UPDATE "{schema}"."{table}" SET "{column}" = \'\', "{index}" = \'\' WHERE "{index}" = ANY(%s)', [indexes]
        )
        return int(cursor.rowcount)


def _words(text: str) -> str:
    """The words with any gaps between them. JSON as text may write a sign in three ways."""
    spelled = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    gapped = (r"\s+".join(_escaped(one).split()) for one in sorted(spelled))
    return "|".join(rf"(?<!\w)(?:{one})(?!\w)" for one in gapped)


def _escaped(text: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", text)


def _digits(part: str) -> str:
    return rf"(?<![\w-]){part}(?![\w-])"


def _gapped(digits: Iterable[str]) -> str:
    return r"[ ./-]*".join(digits)
