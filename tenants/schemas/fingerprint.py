"""What a schema is, as lines that do not name it: two schemas of one release have the same lines."""

from __future__ import annotations

import difflib
import hashlib
import json

from django.db import connection, transaction

from tenants.schemas.names import TOKEN, quoted

Fingerprint = dict[str, list[str]]

_RELATIONS = "pg_class c JOIN here ON c.relnamespace = here.oid"
# Each query sees `here`, the schema's oid. With an empty search path PostgreSQL writes every name with its schema.
_QUERIES = {
    "schema": "SELECT pg_get_userbyid(n.nspowner) || ' ' || coalesce(n.nspacl::text, '') FROM pg_namespace n JOIN here USING (oid)",
    "default privileges": "SELECT pg_get_userbyid(defaclrole) || ' ' || defaclobjtype::text || ' ' || defaclacl::text"
    " FROM pg_default_acl JOIN here ON defaclnamespace = here.oid",
    "relations": "SELECT c.relname || ' ' || c.relkind::text || c.relpersistence::text || ' ' || pg_get_userbyid(c.relowner)"
    " || ' rls=' || c.relrowsecurity || c.relforcerowsecurity || ' ' || coalesce(c.reloptions::text, '')"
    f" || ' ' || coalesce(c.relacl::text, '') FROM {_RELATIONS} WHERE c.relkind <> 'i' AND c.relkind <> 't'",
    "columns": "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)"
    " || ' notnull=' || a.attnotnull || ' identity=' || a.attidentity::text || ' generated=' || a.attgenerated::text"
    " || ' storage=' || a.attstorage::text || ' collation=' || a.attcollation::regcollation::text"
    " || ' default=' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') || ' ' || coalesce(a.attacl::text, '')"
    f" FROM {_RELATIONS} JOIN pg_attribute a ON a.attrelid = c.oid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped",
    "constraints": "SELECT c.relname || ' ' || con.conname || ' ' || pg_get_constraintdef(con.oid) || ' valid=' || con.convalidated"
    " || ' deferrable=' || con.condeferrable || con.condeferred FROM pg_constraint con JOIN here ON con.connamespace = here.oid"
    " LEFT JOIN pg_class c ON c.oid = con.conrelid",
    "indexes": f"SELECT pg_get_indexdef(c.oid) || ' valid=' || i.indisvalid FROM {_RELATIONS} JOIN pg_index i ON i.indexrelid = c.oid",
    "sequences": "SELECT c.relname || ' ' || format_type(s.seqtypid, NULL) || ' ' || s.seqstart || ' ' || s.seqincrement || ' '"
    " || s.seqmin || '..' || s.seqmax || ' ' || s.seqcycle || ' of ' || coalesce((SELECT d.refobjid::regclass || '.' || a.attname"
    " FROM pg_depend d JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
    " WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')), '')"
    f" FROM {_RELATIONS} JOIN pg_sequence s ON s.seqrelid = c.oid",
    "triggers": f"SELECT pg_get_triggerdef(t.oid) || ' ' || t.tgenabled::text FROM {_RELATIONS}"
    " JOIN pg_trigger t ON t.tgrelid = c.oid WHERE NOT t.tgisinternal",
    "functions": "SELECT pg_get_functiondef(p.oid) || ' ' || pg_get_userbyid(p.proowner) || ' ' || coalesce(p.proacl::text, '')"
    " FROM pg_proc p JOIN here ON p.pronamespace = here.oid WHERE p.prokind IN ('f', 'p')",
    "policies": f"SELECT c.relname || ' ' || pol.polname || ' ' || pol.polcmd::text || ' ' || pol.polroles::regrole[]::text || ' '"
    " || coalesce(pg_get_expr(pol.polqual, pol.polrelid), '') || ' ' || coalesce(pg_get_expr(pol.polwithcheck, pol.polrelid), '')"
    f" FROM {_RELATIONS} JOIN pg_policy pol ON pol.polrelid = c.oid",
    "types": "SELECT t.typname || ' ' || t.typtype::text || ' ' || coalesce((SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)"
    " FROM pg_enum e WHERE e.enumtypid = t.oid), '') FROM pg_type t JOIN here ON t.typnamespace = here.oid"
    " WHERE t.typtype IN ('e', 'd', 'r')",
    "migrations": None,
}


def fingerprint(schema: str) -> Fingerprint:
    """Everything that makes the schema, by kind, each kind sorted: what is allowed to whom included, rows left out.

    Called by anybody who may read the catalog and the schema's django_migrations (the owner). Sends one statement.
    """
    parts = []
    for kind, query in _QUERIES.items():
        if query is None:
            query = f"SELECT app || '.' || name FROM {quoted(schema)}.django_migrations"
        parts.append(f"SELECT '{kind}'::text AS kind, line::text FROM ({query}) AS q(line)")
    statement = "WITH here AS MATERIALIZED (SELECT to_regnamespace(%s)::oid AS oid) " + " UNION ALL ".join(parts)
    marks: Fingerprint = {kind: [] for kind in _QUERIES}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('search_path', '', true)")
        cursor.execute(statement.replace("%", "%%").replace("%%s", "%s"), [quoted(schema)])
        rows = cursor.fetchall()
        # The wrapper believes that the path is what it was, and so it is again after this transaction or savepoint.
        cursor.execute("SELECT set_config('search_path', %s, true)", [_path()])
    for kind, line in rows:
        marks[kind].append(line.replace(schema, TOKEN))
    return {kind: sorted(lines) for kind, lines in marks.items()}


def _path() -> str:
    paths = connection._get_cursor_search_paths()  # type: ignore[attr-defined]
    return ", ".join(f'"{part}"' for part in paths)


def digest(marks: Fingerprint) -> str:
    """A short text that is equal for equal fingerprints."""
    return hashlib.sha256(json.dumps(marks, sort_keys=True).encode()).hexdigest()


def differences(expected: Fingerprint, found: Fingerprint) -> list[str]:
    """What is missing (-) and what is too much (+) in `found`, a line each; empty for equal ones."""
    listed = []
    for kind in sorted(expected.keys() | found.keys()):
        want, have = expected.get(kind, []), found.get(kind, [])
        if want == have:
            continue
        listed += [
            f"{kind}: {line[:2].strip()} {line[2:]}"
            for line in difflib.ndiff(want, have)
            if line.startswith(("- ", "+ "))
        ]
    return listed
