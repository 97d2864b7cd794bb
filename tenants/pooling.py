"""What stands between us and PostgreSQL must give each client a session of its own; see docs/pgbouncer.md.

A connection is bound to its region by the session's search path and role. A pooler that hands one back end to several clients
in turn (PgBouncer's transaction mode) would let one region's query run with another's path and rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured

from tenants.raw import ask, connect

# Seconds. Two sessions answer in a few milliseconds; a pool with room for one alone never answers the second.
ANSWER_WITHIN = 5.0

# The login's own name is the one role that every login may take.
MARK = """
SELECT set_config('search_path', '{path}', false), set_config('warsa.probe', '{path}', false),
       set_config('role', {role}, false)
"""
LOOK = """
SELECT pg_backend_pid(), current_setting('search_path'), current_setting('warsa.probe', true),
       current_setting('role') = session_user
"""
# Who looks, in turn. Twice in a row shows a pooler that takes turns among its back ends, by turns one that keeps to the same.
TURNS = "AABABBA"

WHAT_TO_DO = (
    "Between WARSA and PostgreSQL stands a pooler that shares one session among several clients ({seen}). There one region's "
    "query could run in another region. Set pool_mode = session for this database in PgBouncer, or connect to PostgreSQL "
    "directly; see docs/pgbouncer.md."
)


def refuse_leaky_pooler(database: Mapping[str, Any]) -> None:
    """Two clients of this entry of DATABASES keep each its own path, role, setting and back end.

    Called when a web process or worker starts.
    Raises:  ImproperlyConfigured with what to do; psycopg.OperationalError when the database is not reached.
    """
    with ExitStack() as stack:
        clients = {name: _client(stack, database, name) for name in "AB"}
        role = {"A": "session_user", "B": "'none'"}
        marks = {"A": "warsa_probe_a", "B": "warsa_probe_b"}
        back_ends: dict[str, str] = {}
        for name, client in clients.items():
            _answer(client, MARK.format(path=marks[name], role=role[name]))
        for name in TURNS:
            back_end, path, setting, has_role = _answer(clients[name], LOOK)
            if back_ends.setdefault(name, back_end) != back_end or len(set(back_ends.values())) < len(back_ends):
                raise ImproperlyConfigured(WHAT_TO_DO.format(seen="the back end changes between statements"))
            if (path, setting, has_role) != (marks[name], marks[name], "t" if name == "A" else "f"):
                raise ImproperlyConfigured(WHAT_TO_DO.format(seen="a setting of one client is seen by another"))


def _client(stack: ExitStack, database: Mapping[str, Any], name: str) -> psycopg.Connection[Any]:
    client = connect(database, f"warsa probe {name}")
    stack.callback(client.close)
    stack.callback(_wipe, client)
    return client


def _wipe(client: psycopg.Connection[Any]) -> None:
    # A pooler that shares back ends gives ours to somebody else next, marks and all.
    with suppress(TimeoutError, psycopg.OperationalError):
        ask(client, "DISCARD ALL", ANSWER_WITHIN)


def _answer(client: psycopg.Connection[Any], statement: str) -> list[str]:
    try:
        return ask(client, statement, ANSWER_WITHIN)
    except TimeoutError:
        raise ImproperlyConfigured(
            f"Two connections to the database at once, and one was not answered within {ANSWER_WITHIN:.0f} s. Let the pooler's "
            "default_pool_size be at least processes x threads, plus one for each process; see docs/pgbouncer.md."
        ) from None
