"""The real servers that tests stand on: PostgreSQL, broker and mail, thrown away afterwards."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from infra.embedded import postgres, valkey


@dataclass(frozen=True)
class Services:
    database_url: str
    admin_url: str
    broker_url: str
    cache_url: str

    @property
    def environment(self) -> dict[str, str]:
        """What settings read."""
        return {
            "WARSA_MODE": "test",
            "WARSA_DATABASE_URL": self.database_url,
            "WARSA_ADMIN_DATABASE_URL": self.admin_url,
            "WARSA_BROKER_URL": self.broker_url,
            "WARSA_CACHE_URL": self.cache_url,
            "WARSA_SECRET_KEY": "test-key-that-signs-nothing-outside-of-tests-0123456789",
        }


@contextmanager
def services() -> Iterator[Services]:
    """Start both servers in a temporary folder; durability is off, for nothing here outlives the run."""
    home = Path(tempfile.mkdtemp(prefix="warsa-test-"))
    try:
        quick = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        database = postgres.start(home, log=home / "postgres.log", settings=quick)
        try:
            with psycopg.connect(database.url, autocommit=True) as admin:
                # Tests put rows where triggers would refuse them; nowhere else may the owner do that.
                admin.execute("GRANT SET ON PARAMETER session_replication_role TO warsa_owner")
            broker = valkey.start(home, log=home / "valkey.log")
            try:
                yield Services(database.worker_url, database.url, broker.url, broker.cache_url)
            finally:
                broker.stop()
        finally:
            database.stop()
    finally:
        shutil.rmtree(home, ignore_errors=True)
