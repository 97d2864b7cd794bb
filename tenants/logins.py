"""Whom a process logs in as decides what a mistake in it can reach; see docs/tenancy.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from tenants.raw import ask, connect
from tenants.registry import OWNER_ROLE

WITHIN = 5.0
LOOK = f"""
SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole, pg_has_role(to_regrole('{OWNER_ROLE}'), 'MEMBER')
FROM pg_roles WHERE rolname = session_user
"""


def refuse_strong_login(database: Mapping[str, Any], *, may_own: bool) -> None:
    """The login of this entry of DATABASES has no rights of its own; only with `may_own` may it become the owner of tables.

    Called when a web process (`may_own=False`) or worker starts.
    Raises:  ImproperlyConfigured with what to do; psycopg.OperationalError when the database is not reached.
    """
    with connect(database, "warsa login probe") as client:
        name, strong, owns = ask(client, LOOK, WITHIN)
    if strong == "t":
        raise ImproperlyConfigured(
            f"WARSA_DATABASE_URL logs in as {name}, whom no fence of the database holds. Make the roles with"
            " `python -m infra.database.roles` and log in as warsa_web (web) or warsa_worker (Celery, commands)."
        )
    if owns == "t" and not may_own:
        raise ImproperlyConfigured(
            f"WARSA_DATABASE_URL of the web process logs in as {name}, who may change tables. Log in as warsa_web there."
        )
