"""A process starts only where its session is its own: directly on PostgreSQL, or behind a pooler of sessions."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from infra.database import roles
from tenants.pooling import refuse_leaky_pooler
from tests.tenants.bouncer import bouncer

ROOT = Path(__file__).resolve().parents[2]

LEAKY = {
    "transaction": {"pool_mode": "transaction"},
    "transaction, one back end": {"pool_mode": "transaction", "default_pool_size": "1"},
    "transaction, back ends in turn": {"pool_mode": "transaction", "server_round_robin": "1"},
    "transaction, wiped in between": {"pool_mode": "transaction", "server_reset_query_always": "1"},
    "statement": {"pool_mode": "statement"},
}


@pytest.fixture
def database(django_db_setup: None) -> dict[str, Any]:
    return dict(connection.settings_dict)


def test_postgresql_itself_is_accepted_quickly(database: dict[str, Any]) -> None:
    took = []
    for _ in range(5):
        began = time.perf_counter()
        refuse_leaky_pooler(database)
        took.append(time.perf_counter() - began)
    print(f"probe: {min(took) * 1000:.0f} ms")
    assert min(took) < 0.05


def test_a_pooler_of_sessions_is_accepted(database: dict[str, Any]) -> None:
    with bouncer(database, pool_mode="session") as through:
        for _ in range(3):
            refuse_leaky_pooler(through)


@pytest.mark.parametrize("case", LEAKY)
@pytest.mark.parametrize("used", [False, True])
def test_a_pooler_that_shares_sessions_is_refused(database: dict[str, Any], case: str, used: bool) -> None:
    with bouncer(database, **LEAKY[case]) as through:
        if used:
            # Several back ends lie ready.
            for _ in range(3):
                with pytest.raises(ImproperlyConfigured):
                    refuse_leaky_pooler(through)
        with pytest.raises(ImproperlyConfigured, match="pool_mode = session"):
            refuse_leaky_pooler(through)


def test_a_pool_with_room_for_one_is_refused(database: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.pooling.ANSWER_WITHIN", 0.5)
    with (
        bouncer(database, pool_mode="session", default_pool_size="1") as through,
        pytest.raises(ImproperlyConfigured, match="default_pool_size"),
    ):
        refuse_leaky_pooler(through)


START_WEB = "import warsa.wsgi"
START_WORKER = """
from warsa.celery import app
from celery.signals import worker_init
worker_init.send(sender=None)
"""


@pytest.mark.parametrize("start", [START_WEB, START_WORKER], ids=["web", "worker"])
@pytest.mark.parametrize("mode", ["session", "transaction"])
def test_web_and_worker_start_only_behind_sessions(database: dict[str, Any], start: str, mode: str) -> None:
    # Both logins of the tests' server have one password.
    login = {**database, "USER": roles.WEB if start == START_WEB else roles.WORKER}
    with bouncer(login, pool_mode=mode) as through:
        url = "postgresql://{USER}:{PASSWORD}@/{NAME}?host={HOST}&port={PORT}".format(**through)
        done = subprocess.run(
            [sys.executable, "-c", start],
            env={**os.environ, "WARSA_DATABASE_URL": url, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert (done.returncode == 0) == (mode == "session"), done.stderr
    assert ("pool_mode = session" in done.stderr) == (mode == "transaction")
