"""The role of a region, and what it may do: rows of its own schema, no DDL, nothing of another region. And a supplier's role."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction

from tenants.registry import SUPPLIER_ROLE
from tenants.schemas.names import TOKEN, quoted

# Rows only: no TRUNCATE, REFERENCES or TRIGGER. The record of migrations is read only.
ROWS = "SELECT, INSERT, UPDATE, DELETE"


def make_role(schema: str) -> None:
    """The role is there. It may log in, for a worker of a Citus cluster accepts no other, and has no password to do so with.

    Called as owner. In a transaction of its own, for the making of roles is a lock that all makers of regions share.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not role_exists(cursor, schema):
            cursor.execute(f"CREATE ROLE {quoted(schema)} LOGIN INHERIT IN ROLE warsa_region")
            cursor.execute(f"GRANT {quoted(schema)} TO warsa_app")


def make_supplier_role(name: str) -> bool:
    """A supplier's role is there, which nobody logs in as. False if it was there already. Called as owner.

    Raises:  ImproperlyConfigured for a name that no supplier can have.
    """
    if not SUPPLIER_ROLE.fullmatch(name):
        raise ImproperlyConfigured(f"not a supplier's role: {name!r}")
    with transaction.atomic(), connection.cursor() as cursor:
        if role_exists(cursor, name):
            return False
        cursor.execute(f'CREATE ROLE "{name}" NOLOGIN INHERIT IN ROLE warsa_supplier')
        cursor.execute(f'GRANT "{name}" TO warsa_app')
    return True


def schema_statements() -> list[str]:
    """Before the tables come: what the owner makes here is open to the region's role."""
    return [
        f"GRANT USAGE ON SCHEMA {TOKEN} TO {TOKEN}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {TOKEN} GRANT {ROWS} ON TABLES TO {TOKEN}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {TOKEN} GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {TOKEN}",
    ]


def closing_statements() -> list[str]:
    """After the tables are there."""
    return [f"REVOKE INSERT, UPDATE, DELETE ON {TOKEN}.django_migrations FROM {TOKEN}"]


def repair_statements() -> list[str]:
    """The rights of a schema whose tables were made before its role, or restored, or renamed."""
    return [
        *schema_statements(),
        f"GRANT {ROWS} ON ALL TABLES IN SCHEMA {TOKEN} TO {TOKEN}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {TOKEN} TO {TOKEN}",
        *closing_statements(),
    ]


def withdrawal_statements() -> list[str]:
    """The role may do nothing more in its schema, as before the schema is given to another role."""
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {TOKEN} FROM {TOKEN}",
        f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {TOKEN} FROM {TOKEN}",
        f"REVOKE ALL ON SCHEMA {TOKEN} FROM {TOKEN}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {TOKEN} REVOKE ALL ON TABLES FROM {TOKEN}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {TOKEN} REVOKE ALL ON SEQUENCES FROM {TOKEN}",
    ]


def role_exists(cursor: Any, schema: str) -> bool:
    cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [schema])
    return bool(cursor.fetchone()[0])


def pin_statements(cursor: Any, schema: str, *, all_of_them: bool = False) -> list[str]:
    """Fixes the search path of functions to the schema where they are.

    Without it a deferred trigger runs in whatever schema the path names at COMMIT. `all_of_them` pins anew what is pinned
    already, as after a rename.
    """
    cursor.execute(
        "SELECT p.proname, pg_get_function_identity_arguments(p.oid), p.prokind FROM pg_proc p"
        " WHERE p.pronamespace = to_regnamespace(%s) AND p.prokind IN ('f', 'p') AND (%s OR NOT EXISTS"
        " (SELECT FROM unnest(p.proconfig) AS c WHERE c LIKE 'search_path=%%')) ORDER BY 1, 2",
        [quoted(schema), all_of_them],
    )
    return [
        f'ALTER {"PROCEDURE" if kind == "p" else "FUNCTION"} {TOKEN}."{name}"({arguments})'
        f" SET search_path TO {TOKEN}, public, pg_temp"
        for name, arguments, kind in cursor.fetchall()
    ]
