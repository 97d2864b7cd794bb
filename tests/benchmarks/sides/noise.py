"""Regions for the trial of a noisy one: their goods, an admin's way in, and a question that the database needs long for."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from tenant_apps.accounts.models import Role
from tenant_apps.accounts.services.inviting import invite
from tenant_apps.accounts.services.roles import grant_role
from tenants.context import as_owner, in_region
from tenants.identity.models import User
from tests.benchmarks.sides.shopping import BY, region

# Read by the page of invitations, and by none that the visitors of tests.benchmarks.noisy ask for besides.
SLOW_TABLE = "accounts_invitation"


def admin_cookie(slug: str) -> str:
    """The Cookie header of the region's admin, signed in."""
    with in_region(region(slug)):
        user = User.objects.create_user(password=None, name="Lestari", email=f"lestari@{slug}.test")
        grant_role(user=user, role=Role.ADMIN, by=BY)
        invite(name="Rini", role=Role.SATKER, email=f"rini@{slug}.test", by=BY)
        client = Client(headers={"host": f"{slug}.localhost"})
        client.force_login(user)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def slow_down(slug: str, loops: int) -> None:
    """In this region the page of invitations counts to `loops` for each statement, in the server."""
    schema = region(slug).schema_name
    with as_owner():
        from django.db import connection

        with connection.cursor() as cursor:
            table = f'"{schema}".{SLOW_TABLE}'
            cursor.execute(
                f'CREATE FUNCTION "{schema}".slow() RETURNS boolean LANGUAGE sql STABLE AS'
                f" $$SELECT count(*) >= 0 FROM generate_series(1, {loops}) AS n WHERE sqrt(n) > 0$$"
            )
            cursor.execute(f'GRANT EXECUTE ON FUNCTION "{schema}".slow() TO PUBLIC')
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f'CREATE POLICY slow ON {table} USING ((SELECT "{schema}".slow()))')
