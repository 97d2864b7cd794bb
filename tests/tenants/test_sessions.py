"""A page believes the cache about a session; what was changed or ended is never believed again."""

from __future__ import annotations

from typing import Any
from unittest import mock

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpRequest
from django.test.utils import CaptureQueriesContext

from tenants.cache import remembered
from tenants.context import in_region
from tenants.identity.models import User
from tenants.models import Region
from tenants.sessions import SessionStore
from tests.cast import Cast, browser_of


def saved(**values: Any) -> str:
    store = SessionStore()
    store.update(values)
    store.save()
    return str(store.session_key)


def kept(key: str) -> dict[str, Any]:
    return dict(SessionStore(key).items())


def forget(key: str) -> None:
    """The cache makes room. (Other tests use it at the same time: nobody empties it.)"""
    assert cache.delete(f"session.{key}")


def questions_for_the_session(client: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/pesanan/").status_code == 200
    return sum("django_session" in one["sql"] for one in seen)


@pytest.mark.usefixtures("committed")
def test_a_members_pages_ask_the_table_once(market: Cast, kalidoni: Region) -> None:
    ratna = browser_of(market.ratna)
    questions_for_the_session(ratna)
    assert questions_for_the_session(ratna) == 0
    with in_region(kalidoni):
        forget(str(ratna.session.session_key))
    assert [questions_for_the_session(ratna) for _ in range(2)] == [1, 0]


@pytest.mark.usefixtures("committed")
def test_what_is_saved_is_read_and_what_is_ended_is_not(kalidoni: Region) -> None:
    with in_region(kalidoni):
        key = saved(cart="a")
        assert kept(key) == {"cart": "a"}
        store = SessionStore(key)
        store["cart"] = "b"
        store.save()
        assert kept(key) == {"cart": "b"}
        SessionStore(key).flush()
        assert kept(key) == {}
        key = saved(cart="c")
        store = SessionStore(key)
        store.cycle_key()
        assert kept(key) == {} and kept(str(store.session_key)) == {"cart": "c"}


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("ended", [False, True])
def test_who_read_the_row_before_a_change_does_not_bring_it_back(
    kalidoni: Region, monkeypatch: pytest.MonkeyPatch, ended: bool
) -> None:
    with in_region(kalidoni):
        key = saved(cart="a")
        forget(key)
        read: Any = vars(DatabaseStore)["_get_session_from_db"]

        def overtaken(store: DatabaseStore) -> Any:
            row = read(store)
            with monkeypatch.context() as undone:
                undone.setattr(DatabaseStore, "_get_session_from_db", read)
                other = SessionStore(key)
                other["cart"] = "b"
                other.save()
                if ended:
                    other.flush()
            return row

        with monkeypatch.context() as slow:
            slow.setattr(DatabaseStore, "_get_session_from_db", overtaken)
            assert kept(key) == {"cart": "a"}
        assert kept(key) == ({} if ended else {"cart": "b"})


@pytest.mark.usefixtures("committed")
def test_what_is_rolled_back_was_never_said(kalidoni: Region) -> None:
    with in_region(kalidoni):
        key = saved(cart="a")
        with transaction.atomic():
            store = SessionStore(key)
            store["cart"] = "b"
            store.save()
            assert kept(key) == {"cart": "b"}
            transaction.set_rollback(True)
        assert kept(key) == {"cart": "a"}


@pytest.mark.usefixtures("committed")
def test_a_copy_in_another_regions_cache_says_nothing(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        key = saved(cart="a")
        assert kept(key) == {"cart": "a"}
        held = cache.get(f"session.{key}")
    assert held and "cart" not in held
    with in_region(lombok):
        assert kept(key) == {}
        cache.set(f"session.{key}", held)
        assert kept(key) == {}


@pytest.mark.usefixtures("committed")
def test_who_is_deactivated_or_changed_the_password_is_refused_at_once(market: Cast) -> None:
    def who(key: str) -> bool:
        request = HttpRequest()
        request.session = SessionStore(key)  # type: ignore[assignment]
        return bool(get_user(request).is_authenticated)

    for change in ({"is_active": False}, {"session_epoch": 99}):
        ratna = browser_of(market.ratna)
        key = ratna.session.session_key
        assert key and who(key) and cache.get(f"session.{key}")
        User.objects.filter(pk=market.ratna.pk).update(**change)
        assert not who(key)
        User.objects.filter(pk=market.ratna.pk).update(is_active=True, session_epoch=0)


@pytest.mark.usefixtures("committed")
def test_without_the_cache_the_table_answers(kalidoni: Region) -> None:
    gone = mock.Mock(side_effect=ConnectionError)
    with (
        in_region(kalidoni),
        mock.patch.object(cache, "get", gone), mock.patch.object(cache, "add", gone),
        mock.patch.object(cache, "set", gone),
    ):  # fmt: skip
        key = saved(cart="a")
        assert kept(key) == {"cart": "a"} and Session.objects.filter(pk=key).exists()
        SessionStore(key).flush()
        assert kept(key) == {}
    assert gone.call_count >= 4


def test_what_is_remembered_is_made_anew_where_the_cache_does_not_answer(kalidoni: Region) -> None:
    """A number beside the navigation is no reason for a page to fail."""
    made = iter(range(10))
    with in_region(kalidoni):
        assert [remembered("a-number", 60, lambda: next(made)) for _ in range(2)] == [0, 0]
        with mock.patch("tenants.cache.cache") as dead:
            dead.get.side_effect = dead.set.side_effect = TimeoutError
            assert remembered("a-number", 60, lambda: next(made)) == 1
        assert remembered("a-number", 60, lambda: next(made)) == 0
        cache.delete("a-number")
