"""The database roles that WARSA works as, and the ones it logs in as; see docs/tenancy.md.

`python -m infra.database.roles` sets them up for a server of your own, as superuser, before the first migration.
"""

from __future__ import annotations

import sys
from contextlib import suppress

import psycopg
from psycopg import sql

from infra.given import given

OWNER, PLATFORM, REGION, APP = "warsa_owner", "warsa_platform", "warsa_region", "warsa_app"
SUPPLIER = "warsa_supplier"
WEB, WORKER = "warsa_web", "warsa_worker"
BACKUP = "warsa_backup"

# name -> attributes. The groups that only lend their rights inherit nothing, so a login by itself may read nothing.
_ROLES = {
    OWNER: "NOLOGIN CREATEROLE INHERIT",
    PLATFORM: "NOLOGIN INHERIT",
    REGION: "NOLOGIN INHERIT",
    SUPPLIER: "NOLOGIN INHERIT",
    APP: "NOLOGIN NOINHERIT",
    WEB: "LOGIN NOINHERIT",
    WORKER: "LOGIN NOINHERIT",
}
# The longest query of a page, in seconds.
PAGE_SECONDS = 15
# role -> member, and whether the member may pass it on.
_MEMBERS = [
    (PLATFORM, APP, ""),
    (APP, WEB, ""),
    (APP, WORKER, ""),
    (OWNER, WORKER, ""),
    # The owner makes each region's, and each supplier's, role a member of the one and a part of the other.
    (REGION, OWNER, "WITH ADMIN OPTION"),
    (SUPPLIER, OWNER, "WITH ADMIN OPTION"),
    (APP, OWNER, "WITH ADMIN OPTION"),
]

# What an earlier release made as superuser comes to the owner: tables with their sequences, then free functions, then schemas.
_TAKE_OVER = """
DO $$
DECLARE it record;
BEGIN
    FOR it IN
        SELECT c.oid::regclass AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE (n.nspname = 'public' OR n.nspname ~ '^t_[a-z0-9]{4,40}$') AND c.relkind IN ('r', 'p', 'v')
          AND pg_get_userbyid(c.relowner) <> 'warsa_owner'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
    LOOP EXECUTE format('ALTER TABLE %s OWNER TO warsa_owner', it.name); END LOOP;
    FOR it IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE (n.nspname = 'public' OR n.nspname ~ '^t_[a-z0-9]{4,40}$') AND pg_get_userbyid(p.proowner) <> 'warsa_owner'
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO warsa_owner', it.name); END LOOP;
    FOR it IN
        SELECT n.nspname AS name FROM pg_namespace n
        WHERE n.nspname ~ '^t_[a-z0-9]{4,40}$' AND pg_get_userbyid(n.nspowner) <> 'warsa_owner'
    LOOP EXECUTE format('ALTER SCHEMA %I OWNER TO warsa_owner', it.name); END LOOP;
END $$
"""


def make_roles(admin: psycopg.Connection, *, web_password: str, worker_password: str) -> None:
    """The cluster's roles are there. `admin` is an autocommit connection of a superuser; may run again at each start."""
    there = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for name, attributes in _ROLES.items():
        verb = "ALTER" if name in there else "CREATE"
        admin.execute(sql.SQL(f"{verb} ROLE {{}} {attributes}").format(sql.Identifier(name)))
    for name, password in ((WEB, web_password), (WORKER, worker_password)):
        admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))
    for role, member, how in _MEMBERS:
        admin.execute(f"GRANT {role} TO {member} {how}")
    # What a page waits for: a query that takes longer would keep others from the database.
    admin.execute(f"ALTER ROLE {WEB} SET statement_timeout = '{PAGE_SECONDS}s'")


def prepare_database(admin: psycopg.Connection) -> None:
    """The database that `admin` is connected to belongs to the owner, and only the owner may create anything in it."""
    name = sql.Identifier(admin.info.dbname)
    for statement in (
        sql.SQL("ALTER DATABASE {} OWNER TO warsa_owner").format(name),
        sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name),
        sql.SQL("GRANT CONNECT ON DATABASE {} TO warsa_web, warsa_worker, warsa_region").format(name),
        sql.SQL("ALTER SCHEMA public OWNER TO warsa_owner"),
        sql.SQL("REVOKE ALL ON SCHEMA public FROM PUBLIC"),
        # A login by itself may look names up; it may read no table.
        sql.SQL("GRANT USAGE ON SCHEMA public TO warsa_platform, warsa_region, warsa_supplier"),
        sql.SQL(_TAKE_OVER),
        sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO warsa_platform"),
        sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO warsa_platform"),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE warsa_owner IN SCHEMA public"
            " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO warsa_platform"
        ),
        sql.SQL(
            "ALTER DEFAULT PRIVILEGES FOR ROLE warsa_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO warsa_platform"
        ),
    ):
        admin.execute(statement)


def make_backup_role(admin: psycopg.Connection, *, password: str) -> None:
    """Who streams the log and takes base backups: may replicate and look at the server's state, and reads no table."""
    there = admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [BACKUP]).fetchone()
    verb = "CREATE" if there is None else "ALTER"
    name, secret = sql.Identifier(BACKUP), sql.Literal(password)
    admin.execute(sql.SQL(f"{verb} ROLE {{}} LOGIN REPLICATION NOINHERIT PASSWORD {{}}").format(name, secret))
    admin.execute(sql.SQL("GRANT pg_monitor TO {} WITH INHERIT TRUE").format(name))
    admin.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(admin.info.dbname), sql.Identifier(BACKUP))
    )


def main() -> int:
    """Reads WARSA_ADMIN_DATABASE_URL, WARSA_WEB_PASSWORD and WARSA_WORKER_PASSWORD, and WARSA_BACKUP_PASSWORD if it is there.

    Each may be given as a file by NAME_FILE.
    """
    try:
        url = given("WARSA_ADMIN_DATABASE_URL")
        web, worker = given("WARSA_WEB_PASSWORD"), given("WARSA_WORKER_PASSWORD")
    except KeyError as missing:
        print(f"{missing.args[0]} is not set", file=sys.stderr)
        return 1
    with psycopg.connect(url, autocommit=True) as admin:
        make_roles(admin, web_password=web, worker_password=worker)
        prepare_database(admin)
        with suppress(KeyError):
            make_backup_role(admin, password=given("WARSA_BACKUP_PASSWORD"))
    print("The roles of WARSA are there.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
