"""Every address of a region is tried with the other region's ids, by each role: nothing of the other shows, nothing there changes.

Kalidoni and Lombok hold the same rows under the same ids, and Lombok's carry a secret in each text; besides, Lombok has
rows whose ids Kalidoni lacks. `tests/isolation/addresses.py` says for each address which ids to try. An address without
an entry fails here.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client

from tenants.context import in_region
from tenants.models import Region
from tests.cast import browser_of, build_cast
from tests.isolation.addresses import Ids, add_market_documents, addresses, ids_of, names_own_things, urls
from tests.isolation.test_audiences import views_of
from tests.isolation.twins import SECRET, apart, copy_rows, fingerprint

ROLES = ("nobody", "ratna", "hasan", "wati", "siti", "yuli", "budi")


def region_paths() -> list[str]:
    return sorted({path for path, _view in views_of(import_module("warsa.urls_region").urlpatterns)})


def test_every_address_has_an_entry() -> None:
    assert addresses() == region_paths()


class Twins:
    """Both regions, the ids that they share, and the ids that only Lombok has."""

    def __init__(self, kalidoni: Region, lombok: Region) -> None:
        self.kalidoni, self.lombok = kalidoni, lombok
        with in_region(kalidoni):
            cast = build_cast()
            add_market_documents(cast)
            self.shared = ids_of(cast)
            self.people = {name: getattr(cast, name, None) for name in ROLES}
        assert copy_rows(kalidoni, lombok) > 40
        apart(lombok, 900_000)
        with in_region(lombok):
            only = build_cast(suffix="lombok")
            add_market_documents(only)
            self.foreign = ids_of(only)

    def tries(self) -> list[tuple[str, Ids, bool]]:
        """Each address with ids to try; the last says whether Kalidoni has such a row."""
        return [
            (path, ids, known) for path in addresses() for ids, known in ((self.shared, True), (self.foreign, False))
        ]


@pytest.fixture
def twins(db: None, kalidoni: Region, lombok: Region) -> Twins:
    return Twins(kalidoni, lombok)


def attempt(client: Client, method: str, path: str, data: dict[str, Any], ids: Ids | None = None) -> Any:
    """One request whose effects are taken back."""
    more: dict[str, Any] = {}
    if ids is not None and method == "post" and path.startswith("/api/"):
        data, more = ids.body(), {"content_type": "application/json", "HTTP_IDEMPOTENCY_KEY": str(uuid4())}
    # A savepoint and no atomic block: the guard against switching regions in a transaction is not to be in the way.
    before = transaction.savepoint()
    answer: Any = getattr(client, method)(path, data, **more)
    transaction.savepoint_rollback(before)
    transaction.set_rollback(False)
    # Going back leaves the savepoint there: thousands inside each other make the server slow.
    transaction.savepoint_commit(before)
    return answer


def content(answer: Any) -> bytes:
    body: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body


@pytest.mark.parametrize("role", ROLES)
def test_nothing_of_the_other_region_shows_or_changes(twins: Twins, role: str) -> None:
    before = fingerprint(twins.lombok)
    tried = 0
    with in_region(twins.kalidoni):
        client = browser_of(twins.people[role])
    cookies = client.cookies.output(header="")
    for path, ids, known in twins.tries():
        for url in urls(path, ids):
            for method in ("get", "post"):
                # Signed in as before, whatever the last answer wrote into the browser: what it wrote into the session is taken back.
                client.cookies = SimpleCookie(cookies)
                answer = attempt(client, method, url, ids.form() if method == "post" else {}, ids)
                tried += 1
                told = f"{role} {method} {url}: {answer.status_code}"
                assert SECRET.encode() not in content(answer), told
                assert SECRET not in str(answer.headers), told
                assert answer.status_code < 500, told
                if not known and names_own_things(path):
                    assert answer.status_code in (302, 401, 403, 404, 405, 410), told
    assert tried > 4 * len(addresses())
    assert fingerprint(twins.lombok) == before
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_crawl_sees_a_leak(twins: Twins) -> None:
    """Lombok's own people do see the secret on Lombok's pages: the crawl would notice it."""
    with in_region(twins.lombok):
        client = browser_of(twins.people["hasan"], "lombok")
    pages = [url for path in addresses() for url in urls(path, twins.shared)]
    seen = [url for url in pages if SECRET.encode() in content(attempt(client, "get", url, {}))]
    assert len(seen) >= 10
