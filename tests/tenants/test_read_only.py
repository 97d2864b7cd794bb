"""A region that can only be read: everything that would change something is refused at the door, but what must never be withheld."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from django.test import Client

from tenants.context import in_region, on_platform
from tenants.models import ReadOnlyBecause, Region
from tenants.read_only import RegionReadOnly, lift_read_only, make_read_only, must_not_be_read_only
from tests.cast import browser_of, build_cast
from tests.isolation.addresses import add_market_documents, ids_of, urls
from tests.isolation.test_audiences import views_of

BILLING, OPERATOR = ReadOnlyBecause.BILLING, ReadOnlyBecause.OPERATOR


def reread(region: Region) -> Region:
    with on_platform():
        row: Region = Region.objects.get(pk=region.pk)
        return row


def test_each_reason_holds_for_itself(kalidoni: Region) -> None:
    with on_platform():
        assert make_read_only(region=kalidoni, because=BILLING)
        since = reread(kalidoni).read_only_since
        assert not make_read_only(region=kalidoni, because=BILLING)
        assert make_read_only(region=kalidoni, because=OPERATOR)
        assert reread(kalidoni).read_only_since == since
        assert lift_read_only(region=kalidoni, because=BILLING)
        assert reread(kalidoni).read_only_because == ["operator"]
        assert lift_read_only(region=kalidoni, because=OPERATOR)
        assert not lift_read_only(region=kalidoni, because=OPERATOR)
        fresh = reread(kalidoni)
    assert (fresh.read_only_because, fresh.read_only_since) == ([], None)
    with in_region(fresh):
        must_not_be_read_only()
    assert since is not None


def test_every_address_that_changes_something_is_refused(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        add_market_documents(cast)
        ids = ids_of(cast)
        people = [browser_of(cast.budi), browser_of(cast.siti), browser_of(cast.hasan)]
    with on_platform():
        make_read_only(region=kalidoni, because=BILLING)
    views = dict(views_of(import_module("warsa.urls_region").urlpatterns))
    refused = 0
    for path, view in views.items():
        for client in people:
            for url in urls(path, ids)[:1]:
                answer = client.post(url, {}, secure=True)
                told = f"{url}: {answer.status_code}"
                if getattr(view, "open_while_read_only", False):
                    assert answer.status_code != 423, told
                else:
                    # Not for this person, not by this method, or refused: never done.
                    assert answer.status_code in (302, 401, 404, 405, 423), told
                    refused += answer.status_code == 423
    assert refused > 100


def test_reading_goes_on_and_savings_can_be_asked_for(kalidoni: Region) -> None:
    with in_region(kalidoni):
        cast = build_cast()
        client = browser_of(cast.budi)
    with on_platform():
        make_read_only(region=kalidoni, because=BILLING)
    assert client.get("/", secure=True).status_code == 200
    answer = client.post("/keranjang/", {}, secure=True)
    assert answer.status_code in (404, 405, 423)
    with in_region(reread(kalidoni)), pytest.raises(RegionReadOnly):
        must_not_be_read_only()


def test_the_api_tells_it_as_a_problem(kalidoni: Region) -> None:
    with on_platform():
        make_read_only(region=kalidoni, because=OPERATOR)
    client = Client(headers={"host": "kalidoni.localhost"})
    answer = client.post("/api/v1/cart/", {}, content_type="application/json", secure=True)
    assert answer.status_code == 423
    assert answer["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "region_read_only"
