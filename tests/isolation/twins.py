"""Two regions with the same rows under the same ids, of which the second carries a secret in every text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from tenants.context import as_owner
from tenants.models import Region

# Nothing that a page of the first region shows may ever hold this.
SECRET = "zq7rahasia"

# Texts by which rows are found or checked: these stay the same in both, so that every id of one is an id of the other.
KEPT_COLUMNS = {
    "after",
    "app_label",
    "barcode",
    "base_unit",
    "before",
    "blind_index",
    "by",
    "code",
    "codename",
    "dedupe",
    "done_by",
    "email",
    "key",
    "kind",
    "language",
    "method",
    "model",
    "move",
    "next_step",
    "number",
    "password",
    "path",
    "phone",
    "photo",
    "provider",
    "role",
    "session_data",
    "session_key",
    "sku",
    "slug",
    "state",
    "step_taken",
    "use",
    "village_code",
}
KEPT_TABLES = {"django_migrations", "django_content_type", "auth_permission", "auth_group", "django_session"}


def tables_of(region: Region) -> list[str]:
    """Tables of a region that hold its market."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [region.schema_name])
        return [name for (name,) in cursor.fetchall() if name not in KEPT_TABLES]


def copy_rows(source: Region, target: Region) -> int:
    """The target holds the source's rows, ids and all, and SECRET in every free text. Returns how many texts were marked."""
    texts = 0
    with _without_triggers() as cursor:
        for table in tables_of(source):
            cursor.execute(f'DELETE FROM "{target.schema_name}"."{table}"')
            cursor.execute(
                f'INSERT INTO "{target.schema_name}"."{table}" OVERRIDING SYSTEM VALUE'
                f' SELECT * FROM "{source.schema_name}"."{table}"'
            )
            cursor.execute(
                "SELECT column_name, coalesce(character_maximum_length, 4000) FROM information_schema.columns"
                " WHERE table_schema = %s AND table_name = %s AND data_type IN ('text', 'character varying')",
                [target.schema_name, table],
            )
            for column, length in cursor.fetchall():
                if column in KEPT_COLUMNS or column.endswith("_hash") or length < 2 * len(SECRET):
                    continue
                cursor.execute(
                    f'UPDATE "{target.schema_name}"."{table}" SET "{column}" = left(%s || "{column}", {length})',
                    [SECRET + " "],
                )
                texts += cursor.rowcount
    return texts


def _sequences(region: Region) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.relname, a.attname FROM pg_class t JOIN pg_namespace n ON n.oid = t.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = t.oid AND a.attidentity <> ''"
            " WHERE n.nspname = %s AND t.relkind = 'r'",
            [region.schema_name],
        )
        return [(table, column) for table, column in cursor.fetchall()]


def apart(region: Region, start: int) -> None:
    """Rows written in the region from now on get ids from `start`, which no row of another region has."""
    with as_owner(), connection.cursor() as cursor:
        for table, column in _sequences(region):
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s)",
                [f'"{region.schema_name}"."{table}"', column, start],
            )


def fingerprint(region: Region) -> dict[str, str]:
    """A digest of every table's rows."""
    prints = {}
    with as_owner(), connection.cursor() as cursor:
        for table in tables_of(region):
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, E'\\n' ORDER BY t::text), ''))"
                f' FROM "{region.schema_name}"."{table}" t'
            )
            prints[table] = cursor.fetchone()[0]
    return prints


@contextmanager
def _without_triggers() -> Iterator[Any]:
    # Entries and movements refuse to be copied over; in this throw-away cluster the owner may leave triggers out.
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        cursor.execute("SET LOCAL session_replication_role = origin")
