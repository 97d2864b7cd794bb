"""A flood is held back, each region and each browser by itself; nobody is held back because the cache is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client

from shared_apps.regions import views
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.limits import within_limit
from tenants.models import Region

NOON = datetime.fromisoformat("2026-11-24T05:00:00+00:00")
LATER = [0]


@pytest.fixture(autouse=True)
def another_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has minutes that no other test has counted in."""
    LATER[0] += 10
    monkeypatch.setattr(clock, "now", lambda: NOON + timedelta(minutes=LATER[0]))


def test_each_counts_for_itself_and_a_new_minute_begins_anew(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        assert [within_limit("x", "ratna", most=3, seconds=60) for _ in range(5)] == [True] * 3 + [False] * 2
        assert within_limit("x", "hasan", most=3, seconds=60)
        assert within_limit("y", "ratna", most=3, seconds=60)
    with in_region(lombok):
        assert within_limit("x", "ratna", most=3, seconds=60)
    LATER[0] += 1
    with in_region(kalidoni):
        assert within_limit("x", "ratna", most=3, seconds=60)


@pytest.mark.usefixtures("platform")
def test_without_the_cache_everybody_may() -> None:
    with mock.patch.object(cache, "incr", side_effect=ConnectionError):
        assert [within_limit("x", "ratna", most=1, seconds=60) for _ in range(3)] == [True] * 3


def asked(client: Client, host: str = "localhost", address: str = "203.0.113.7") -> Any:
    return client.get("/areas/", {"q": "kalidoni"}, headers={"host": host}, REMOTE_ADDR=address)


@pytest.mark.django_db
def test_a_flood_of_questions_for_areas_is_answered_429() -> None:
    visitor = Client()
    codes = [asked(visitor).status_code for _ in range(views.MOST_PER_MINUTE + 2)]
    assert codes == [200] * views.MOST_PER_MINUTE + [429] * 2
    refusal = asked(visitor)
    assert (refusal["Retry-After"], refusal["Cache-Control"]) == ("60", "no-store")
    # An invented cookie is no browser of its own.
    visitor.cookies["__Host-session"] = "x" * 32
    assert asked(visitor).status_code == 429
    assert asked(Client(), address="203.0.113.8").status_code == 200
    assert asked(Client(), host="kalidoni.localhost").status_code == 200
    LATER[0] += 1
    assert asked(visitor).status_code == 200


@pytest.mark.django_db
def test_browsers_behind_one_address_do_not_hold_each_other_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_PER_MINUTE", 5)
    monkeypatch.setattr(views, "MOST_PER_MINUTE_AND_ADDRESS", 12)

    def browser() -> Client:
        client = Client()
        with on_platform():
            session = client.session
            session["registrations"] = ["x"]
            session.save()
        client.cookies["__Host-session"] = session.session_key or ""
        return client

    one, two, three = browser(), browser(), browser()
    assert [asked(one).status_code for _ in range(6)] == [200] * 5 + [429]
    assert [asked(two).status_code for _ in range(6)] == [200] * 5 + [429]
    # Many sessions of one address are a flood again.
    assert [asked(three).status_code for _ in range(4)] == [200, 200, 429, 429]
