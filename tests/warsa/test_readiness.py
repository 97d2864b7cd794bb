"""What a process needs to serve, taken away part by part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client

from infra.embedded import valkey
from tenants.context import on_platform
from tenants.listening import registry
from tenants.models import SchemaRelease
from warsa import readiness
from warsa.celery import app


@pytest.fixture(autouse=True)
def heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of an earlier look is believed; the listener is another test's subject."""
    monkeypatch.setattr(readiness, "_level_reached", set())
    monkeypatch.setattr(registry, "is_heard", lambda: True)


def ask(path: str = "/readyz") -> tuple[int, dict[str, str]]:
    answer = Client().get(path, headers={"host": "localhost"})
    return answer.status_code, json.loads(answer.content)


def test_with_everything_there_it_is_ready(db: None) -> None:
    status, parts = ask()
    assert (status, parts.pop("state")) == (200, "ready") and parts.pop("version")
    assert set(parts.values()) == {"ok"} and len(parts) == 6


def no_cache(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    client: Any = caches["default"]._cache  # type: ignore[attr-defined]
    monkeypatch.setattr(client, "_servers", ["unix:///nowhere.sock"])
    monkeypatch.setattr(client, "_pools", {})
    monkeypatch.setattr(client, "_kept", {})


def no_broker(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    """A broker that was there and has gone."""
    broker = valkey.start(tmp_path, log=tmp_path / "valkey.log")
    broker.stop()
    monkeypatch.setattr(app.conf, "broker_read_url", broker.url)


def no_listener(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(registry, "is_heard", lambda: False)


def no_room(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(readiness, "LOWEST_MB", 2**40)


def no_release(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    with on_platform():
        SchemaRelease.objects.all().delete()


def no_migration(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    with on_platform(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'operations'")


@pytest.mark.parametrize(
    ("gone", "part", "state", "status"),
    [
        (no_cache, "cache", "degraded", 200),
        (no_broker, "broker", "degraded", 200),
        (no_listener, "listening", "degraded", 200),
        (no_room, "disk", "degraded", 200),
        (no_release, "schema", "not ready", 503),
        (no_migration, "schema", "not ready", 503),
    ],
)
def test_what_is_gone_is_named(
    db: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    tmp_path: Path,
    gone: Any,
    part: str,
    state: str,
    status: int,
) -> None:
    gone(monkeypatch, settings, tmp_path)
    told, parts = ask()
    assert (told, parts["state"]) == (status, state)
    assert [name for name, says in parts.items() if name not in ("state", "version") and says != "ok"] == [part]


def test_without_the_database_it_is_not_ready_and_says_no_address(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise ConnectionRefusedError("host=10.0.0.5 user=warsa_web")

    with on_platform():
        monkeypatch.setattr(connection, "cursor", refuse)
        found = readiness.readiness()
        monkeypatch.undo()
    assert not found.serves and found.parts["database"] == "ConnectionRefusedError"
    assert found.parts["schema"] == "not asked" and "10.0.0.5" not in str(found)
