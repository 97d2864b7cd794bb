"""Servers, databases and regions for tests. One PostgreSQL and broker per run; a database per xdist worker."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from infra.database import roles

if TYPE_CHECKING:
    from tenants.models import Region
    from tests.cast import Cast

_TESTS = itertools.count()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """A database of this worker's own: public migrated, official areas loaded, two regions built."""
    from django.core.management import call_command
    from django.db import connection

    from tenants.context import as_owner, on_platform

    with django_db_blocker.unblock():
        name = f"warsa_{worker_id}"
        admin = os.environ["WARSA_ADMIN_DATABASE_URL"]
        with psycopg.connect(admin, autocommit=True) as raw:
            raw.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            raw.execute(f'CREATE DATABASE "{name}"')
        with psycopg.connect(admin, dbname=name, autocommit=True) as raw:
            roles.prepare_database(raw)
        connection.close()
        connection.settings_dict["NAME"] = name
        os.environ["WARSA_TEST_DATABASE"] = name
        with as_owner():
            call_command("migrate_schemas", shared=True, verbosity=0)
        from tests.world import build_world

        with on_platform():
            build_world()
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture(autouse=True)
def fresh_cache(worker_id: str) -> None:
    """What another test had cached is not found: a page costs here what it costs its first visitor."""
    from django.core.cache import cache, caches

    prefix = f"warsa-{worker_id}-{next(_TESTS)}"
    cache.key_prefix = caches.settings["default"]["KEY_PREFIX"] = prefix


@pytest.fixture(autouse=True)
def room_for_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests visit one region in one process all day: nobody is told to come later but where a test is about that."""
    from tenants import middleware
    from tenants.fairness import Fairness

    monkeypatch.setattr(middleware, "fairness", Fairness(1_000, clock=lambda: 0.0, computed=lambda: 0.0))


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Real commits, for races and kills. Afterwards the world is as it was built."""
    from django.db import connection

    from tests.world import sweep_world

    with django_db_blocker.unblock():
        yield
        sweep_world()
        connection.close()


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """`committed` for tests that ask for it; otherwise a transaction that is rolled back."""
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")


@pytest.fixture
def platform(database: None) -> Iterator[None]:
    """The platform is bound."""
    from tenants.context import on_platform

    with on_platform():
        yield


@pytest.fixture
def kalidoni(database: None) -> Region:
    """The region where the cast lives. Not bound: bind it with in_region."""
    return _region("Kalidoni")


@pytest.fixture
def lombok(database: None) -> Region:
    """Another region, where Made lives."""
    return _region("Lombok")


def _region(name: str) -> Region:
    from tenants.context import on_platform
    from tenants.models import Region

    with on_platform():
        region: Region = Region.objects.get(name=name)
        return region


@pytest.fixture
def market(kalidoni: Region) -> Iterator[Cast]:
    """Kalidoni with its whole cast, bound."""
    from tenants.context import in_region
    from tests.cast import build_cast

    with in_region(kalidoni):
        yield build_cast()
