"""Connections besides Django's, whose questions never wait longer than they may: a silent network is an answer too."""

from __future__ import annotations

import select
import time
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from psycopg.pq import ExecStatus

CONNECT_WITHIN = 3

_PARTS = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
# Of Django's OPTIONS, those that say how to reach the server; the others are about Django's own use of a connection.
_HOW = ("service", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "hostaddr")


def connect(database: Mapping[str, Any], name: str) -> psycopg.Connection[Any]:
    """A connection of its own by an entry of DATABASES, in autocommit. `name` is what the server's list shows.

    Raises:  psycopg.OperationalError when there is no answer within three seconds.
    """
    options = database.get("OPTIONS") or {}
    parameters = {theirs: database[ours] for ours, theirs in _PARTS.items() if database.get(ours)}
    parameters |= {key: options[key] for key in _HOW if key in options}
    return psycopg.connect(**parameters, application_name=name, connect_timeout=CONNECT_WITHIN, autocommit=True)


def ask(
    connection: psycopg.Connection[Any],
    statement: str,
    within: float,
    told: Callable[[frozenset[str]], None] = lambda _: None,
) -> list[str]:
    """The values of the answer's first row, as text. `told` gets what was notified meanwhile, before this returns.

    Units:   `within` in seconds.
    Raises:  TimeoutError; psycopg.OperationalError when the server refuses or the connection is gone. Close it after either.
    """
    deadline = time.monotonic() + within
    server = connection.pgconn
    server.send_query(statement.encode())
    values: list[str] = []
    refusal = ""
    while True:
        server.consume_input()
        names = set()
        while (notice := server.notifies()) is not None:
            names.add(notice.extra.decode())
        if names:
            told(frozenset(names))
        while not server.is_busy():
            result = server.get_result()
            if result is None:
                if refusal:
                    raise psycopg.OperationalError(refusal)
                return values
            if result.status == ExecStatus.TUPLES_OK and result.ntuples:
                values = [(result.get_value(0, at) or b"").decode() for at in range(result.nfields)]
            elif result.status == ExecStatus.FATAL_ERROR:
                refusal = result.error_message.decode(errors="replace").strip()
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([server.socket], [], [], left)[0]:
            raise TimeoutError(f"no answer within {within} s")
