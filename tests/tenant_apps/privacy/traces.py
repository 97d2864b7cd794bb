"""Looking for somebody everywhere: in every column, sealed ones opened; in files, archives and logs."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from django.db import connection
from psycopg import sql

from tenants.backup.files import folder_of
from tenants.models import Region
from tenants.personal.sealing import is_sealed, unseal
from tests.world import admin

NAME, NUMBER, NIK, MAIL = "Zulaikha Marpaung", "+6281398765432", "1671046203910007", "zulaikha.marpaung@example.test"
# As anybody may have written them.
SPELLINGS = re.compile(
    r"zulaikha|marpaung|(?<![0-9a-f])(\+?62|0)?[ ./-]?813[ ./-]?9876[ ./-]?5432(?![0-9a-f])|1671[ ./-]?0462[ ./-]?0391[ ./-]?0007",
    re.IGNORECASE,
)
_SEALED = re.compile(r"s1\.[0-9a-f]{8}\.[A-Za-z0-9_=-]+")


def found_in(text: str) -> bool:
    """Whether the text names her, sealed texts opened. The region is bound."""
    opened = _SEALED.sub(lambda one: unseal(one[0]) if is_sealed(one[0]) else one[0], text)
    return bool(SPELLINGS.search(opened))


def in_tables(region: Region) -> list[str]:
    """Every column of every table of the region that names her, bytes included. The region is bound."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, a.atttypid = 'bytea'::regtype FROM pg_class c"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE c.relnamespace = to_regnamespace(%s) AND c.relkind IN ('r', 'p') ORDER BY 1, 2",
            [f'"{region.schema_name}"'],
        )
        for table, column, is_bytes in cursor.fetchall():
            shown = sql.SQL("encode({}, 'escape')" if is_bytes else "{}::text").format(sql.Identifier(column))
            cursor.execute(
                sql.SQL("SELECT {} FROM {} WHERE {} IS NOT NULL").format(
                    shown, sql.Identifier(region.schema_name, table), sql.Identifier(column)
                )
            )
            if any(found_in(value) for (value,) in cursor.fetchall()):
                found.append(f"{table}.{column}")
    return found


def in_files(region: Region) -> list[str]:
    """Names of the region's files whose name or content names her."""
    root = folder_of(region.schema_name)
    files = [path for path in root.rglob("*") if path.is_file()] if root.exists() else []
    return [path.name for path in files if found_in(path.name) or found_in(path.read_bytes().decode("latin-1"))]


def in_archive(path: Path) -> list[str]:
    """Members of an archive of the region that name her; archives within it too."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            body = archive.read(name)
            if found_in(body.decode("latin-1")) or found_in(body.decode("utf-8", "ignore")):
                found.append(name)
            if zipfile.is_zipfile(io.BytesIO(body)):
                found.append(f"{name}: an archive within, not looked into")
    return found


def in_server_log() -> bool:
    """Whether the database's own log names her."""
    with admin() as cursor:
        cursor.execute("SHOW data_directory")
        (data,) = cursor.fetchone() or ("",)
    logs = [path for path in (Path(data), *Path(data).parents)[:3] for path in [path / "postgres.log"] if path.exists()]
    assert logs, "the server's log is not where it is looked for"
    return any(bool(SPELLINGS.search(path.read_text(errors="replace"))) for path in logs)
