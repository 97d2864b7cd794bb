"""What the database itself refuses, whatever our code says: each role by what it may do, and above all by what it may not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from psycopg import errors

from infra.database import roles
from tenants.context import in_region, on_platform
from tenants.identity.models import User
from tenants.models import Region
from tests.world import admin


@contextmanager
def logged_in(user: str, password: str | None = None) -> Iterator[psycopg.Connection]:
    """A connection of its own to this worker's database, as this role."""
    settings = connection.settings_dict
    given = password or settings["PASSWORD"]
    with psycopg.connect(
        host=settings["HOST"],
        port=settings["PORT"],
        dbname=settings["NAME"],
        user=user,
        password=given,
        autocommit=True,
    ) as raw:
        yield raw


@pytest.fixture(params=["as the web does", "by a login of its own"])
def in_kalidoni(request: pytest.FixtureRequest, committed: None, kalidoni: Region) -> Iterator[psycopg.Connection]:
    """Somebody with the role of Kalidoni and every statement of SQL at hand."""
    schema = kalidoni.schema_name
    if request.param == "as the web does":
        with logged_in(roles.WEB) as raw:
            raw.execute(
                f"SELECT set_config('search_path', '{schema}, public', false), set_config('role', '{schema}', false)"
            )
            yield raw
        return
    with admin() as cursor:
        cursor.execute(f"ALTER ROLE {schema} PASSWORD 'for-this-test'")
    try:
        with logged_in(schema, "for-this-test") as raw:
            raw.execute(f"SET search_path = {schema}, public")
            yield raw
    finally:
        with admin() as cursor:
            cursor.execute(f"ALTER ROLE {schema} PASSWORD NULL")


def denied(raw: psycopg.Connection, statement: str) -> None:
    try:
        raw.execute(statement)
    except errors.InsufficientPrivilege:
        return
    raise AssertionError(f"nobody refuses {statement!r}")


def tables(schema: str) -> list[str]:
    with admin() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1", [schema])
        return [name for (name,) in cursor.fetchall()]


# Public tables of which a region sees something: rows of its own, or the areas that are everybody's.
SEEN = {
    "tenants_region",
    "tenants_domain",
    "regions_area",
    "onboarding_carveout",
    "onboarding_carveoutevent",
    "onboarding_coverageclaim",
    # Its own proofs of restore and what its people put away (tests/shared_apps/care); accesses to it.
    "care_dismissal",
    "care_restoreproof",
    # Its own token (tests/shared_apps/leak_probe).
    "leak_probe_probetoken",
    "support_supportaccess",
    "support_supportevent",
    # Verified suppliers and the offers that cover the region, see tests/shared_apps/exchange/test_row_security.py.
    *(
        f"supplier_catalog_{name}"
        for name in (
            "supplierorganisation", "supplierarea", "article", "articleversion", "articlepack", "offer", "offertier",
        )
    ),
    # Its own orders.
    *(
        f"exchange_{name}"
        for name in (
            "supplierorder", "supplierorderline", "supplierorderevent", "shipment", "shipmentline", "supplierinvoice",
            "supplierinvoiceline",
        )
    ),
    # Its own part of joint purchases, see tests/shared_apps/exchange/test_pool_security.py.
    *(
        f"exchange_{name}"
        for name in ("pool", "poolmember", "poolline", "poolpledge", "poolevent", "pooledline")
    ),
}  # fmt: skip


def test_it_reads_no_table_of_another_region(in_kalidoni: psycopg.Connection, lombok: Region) -> None:
    others = tables(lombok.schema_name)
    assert len(others) > 40
    for table in others:
        for verb in ("SELECT * FROM", "DELETE FROM", "TRUNCATE"):
            denied(in_kalidoni, f"{verb} {lombok.schema_name}.{table}")
    denied(in_kalidoni, f"INSERT INTO {lombok.schema_name}.identity_user (name) VALUES ('x')")


def test_it_reads_nothing_of_the_platform_but_what_is_its_own(in_kalidoni: psycopg.Connection) -> None:
    closed = [table for table in tables("public") if table not in SEEN]
    assert {"identity_user", "django_session", "onboarding_registration", "outbox_outboxmessage"} <= set(closed)
    for table in closed:
        denied(in_kalidoni, f"SELECT * FROM public.{table}")
        denied(in_kalidoni, f"DELETE FROM public.{table}")


def test_of_the_registry_it_sees_itself(in_kalidoni: psycopg.Connection, kalidoni: Region, lombok: Region) -> None:
    assert in_kalidoni.execute("SELECT schema_name FROM tenants_region").fetchall() == [(kalidoni.schema_name,)]
    assert in_kalidoni.execute("SELECT domain FROM tenants_domain").fetchall() == [("kalidoni.localhost",)]
    touched = in_kalidoni.execute("UPDATE tenants_region SET last_activity_at = now()")
    assert touched.rowcount == 1
    for statement in (
        "UPDATE tenants_region SET status = 'ready'",
        "UPDATE tenants_region SET schema_name = 't_0000000000000000'",
        "INSERT INTO tenants_domain (domain, tenant_id, is_primary) VALUES ('x.localhost', 1, false)",
        "DELETE FROM tenants_region",
        "UPDATE regions_area SET name = 'x'",
    ):
        denied(in_kalidoni, statement)
    with on_platform():
        assert Region.objects.get(pk=lombok.pk).last_activity_at is None


DDL = [
    "CREATE TABLE {own}.stray (id int)",
    "CREATE TABLE public.stray (id int)",
    "CREATE TABLE {other}.stray (id int)",
    "CREATE TEMPORARY TABLE stray (id int)",
    "CREATE SCHEMA t_stray0000",
    "CREATE FUNCTION {own}.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "CREATE FUNCTION public.lower(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    "CREATE VIEW {own}.stray AS SELECT 1",
    "CREATE ROLE stray",
    "CREATE DATABASE stray",
    "CREATE EXTENSION hstore",
    "ALTER TABLE {own}.ledger_journalentry DISABLE TRIGGER USER",
    "ALTER TABLE {own}.warungs_warung ADD COLUMN stray int",
    "ALTER FUNCTION {own}.ledger_refuse_rewrite() RESET search_path",
    "DROP TABLE {own}.warungs_warung",
    "DROP SCHEMA {own}",
    "TRUNCATE {own}.warungs_warung CASCADE",
    "ALTER DEFAULT PRIVILEGES FOR ROLE warsa_owner GRANT SELECT ON TABLES TO PUBLIC",
    "INSERT INTO {own}.django_migrations (app, name, applied) VALUES ('a', 'b', now())",
    "SET session_replication_role = replica",
    "ALTER ROLE {own} SUPERUSER",
    "GRANT {other} TO {own}",
    "COPY (SELECT 1) TO PROGRAM 'true'",
]


def test_it_has_no_ddl(in_kalidoni: psycopg.Connection, kalidoni: Region, lombok: Region) -> None:
    for statement in DDL:
        denied(in_kalidoni, statement.format(own=kalidoni.schema_name, other=lombok.schema_name))


def test_by_a_login_of_its_own_it_becomes_nobody_else(committed: None, kalidoni: Region, lombok: Region) -> None:
    with admin() as cursor:
        cursor.execute(f"ALTER ROLE {kalidoni.schema_name} PASSWORD 'for-this-test'")
    try:
        with logged_in(kalidoni.schema_name, "for-this-test") as raw:
            for role in (lombok.schema_name, roles.PLATFORM, roles.OWNER, roles.APP, roles.WEB, "warsa"):
                denied(raw, f"SET ROLE {role}")
            denied(raw, f"SET SESSION AUTHORIZATION {lombok.schema_name}")
    finally:
        with admin() as cursor:
            cursor.execute(f"ALTER ROLE {kalidoni.schema_name} PASSWORD NULL")


def test_a_login_by_itself_reads_nothing(committed: None, kalidoni: Region) -> None:
    for login in (roles.WEB, roles.WORKER):
        with logged_in(login) as raw:
            for table in (f"{kalidoni.schema_name}.identity_user", "public.identity_user", "public.tenants_region"):
                denied(raw, f"SELECT * FROM {table}")


def test_the_web_never_becomes_the_owner(committed: None, kalidoni: Region) -> None:
    with logged_in(roles.WEB) as raw:
        denied(raw, f"SET ROLE {roles.OWNER}")
        raw.execute(f"SET ROLE {roles.PLATFORM}")
        raw.execute("SELECT count(*) FROM public.tenants_region")
        denied(raw, f"SELECT * FROM {kalidoni.schema_name}.identity_user")
        for statement in (
            "CREATE TABLE public.stray (id int)",
            "ALTER TABLE public.tenants_region DISABLE ROW LEVEL SECURITY",
            "TRUNCATE public.tenants_region CASCADE",
            "SET ROLE warsa",
        ):
            denied(raw, statement)
    with logged_in(roles.WORKER) as raw:
        raw.execute(f"SET ROLE {roles.OWNER}")


def test_the_platforms_role_reads_no_region(committed: None, lombok: Region) -> None:
    with logged_in(roles.WEB) as raw:
        raw.execute(f"SET ROLE {roles.PLATFORM}")
        for table in tables(lombok.schema_name):
            denied(raw, f"SELECT * FROM {lombok.schema_name}.{table}")


def test_our_own_code_gets_no_further(kalidoni: Region, lombok: Region) -> None:
    """The same through Django: even SQL that names another schema reads nothing there."""
    with in_region(lombok):
        User.objects.create(name="Made")
    for binding in (in_region(kalidoni), on_platform()):
        with binding, connection.cursor() as cursor:
            cursor.execute("SAVEPOINT here")
            with pytest.raises(Exception, match="permission denied"):
                cursor.execute(f"SELECT * FROM {lombok.schema_name}.identity_user")
            connection.cursor().connection.execute("ROLLBACK TO SAVEPOINT here")


def test_nothing_bound_is_no_role(committed: None, kalidoni: Region) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (roles.WORKER,)
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("SELECT * FROM public.identity_user")


def test_every_name_that_public_and_regions_share_is_meant(platform: None, kalidoni: Region) -> None:
    """Nothing in a region shadows something of public's but the listed tables, and of functions those that only triggers call.

    A trigger knows its function by identity, never by name.
    """
    with admin() as cursor:
        cursor.execute(
            "SELECT a.proname FROM pg_proc a JOIN pg_proc b USING (proname) WHERE a.pronamespace = to_regnamespace(%s)"
            " AND b.pronamespace IN ('public'::regnamespace, 'pg_catalog'::regnamespace)",
            [kalidoni.schema_name],
        )
        assert {name for (name,) in cursor.fetchall()} == {"audit_chain", "audit_keep"}
        cursor.execute(
            "SELECT count(*) FROM pg_proc WHERE proname IN ('audit_chain', 'audit_keep') AND prorettype <> 'trigger'::regtype"
        )
        assert cursor.fetchall() == [(0,)]
