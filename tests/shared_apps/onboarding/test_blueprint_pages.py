"""The operators' pages about blueprints, and what differs between two versions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from shared_apps.onboarding.differences import Change, count_of, differences
from shared_apps.onboarding.models import Blueprint, BlueprintChoice
from shared_apps.onboarding.services.blueprints import digest_of, load_blueprints
from tenants import hooks
from tenants.identity.models import User
from tenants.models import Region, RegionStatus
from tests.shared_apps.onboarding.test_blueprint import Section
from tests.shared_apps.operations.people import operator_browser

pytestmark = pytest.mark.usefixtures("platform")

HOST = {"host": "localhost"}
LIST = "/operator/cetak-biru/"


@pytest.fixture
def operator() -> Client:
    return operator_browser()


@pytest.fixture
def section(monkeypatch: pytest.MonkeyPatch) -> Section:
    """The one app that exports something: a catalogue of one product."""
    catalog = Section()
    catalog.exported = {"products": [{"sku": "SB-001", "name": "Beras", "price_hint": 14_000}]}
    monkeypatch.setattr(hooks, "sections", lambda: [("catalog", catalog)])
    return catalog


def text(client: Client, path: str, **query: Any) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_first_version_is_there_before_anybody_has_built(operator: Client) -> None:
    page = text(operator, LIST)
    assert "Kalidoni" in page
    assert "Kalidoni" in text(operator, LIST, page="abc")
    one = text(operator, f"{LIST}kalidoni/1/")
    assert "perkiraan harga eceran Palembang" in one
    answer = operator.get(f"{LIST}kalidoni/1/unduh/")
    assert answer["Content-Disposition"] == 'attachment; filename="kalidoni-1.json"'
    assert digest_of(json.loads(answer.content)) == Blueprint.objects.get().sha256


def test_a_region_is_copied_compared_and_chosen(operator: Client, kalidoni: Region, section: Section) -> None:
    form = {"region": str(kalidoni.public_id), "name": "Pasar Kita"}
    assert operator.post(f"{LIST}salin/", form)["Location"] == f"{LIST}pasar-kita/1/"
    assert operator.post(f"{LIST}salin/", form)["Location"] == f"{LIST}pasar-kita/1/"
    assert "Tidak ada yang berubah" in text(operator, f"{LIST}pasar-kita/1/")
    section.exported = {"products": [{"sku": "SB-001", "name": "Beras", "price_hint": 14_500}]}
    assert operator.post(f"{LIST}salin/", form)["Location"] == f"{LIST}pasar-kita/2/"
    page = text(operator, f"{LIST}pasar-kita/2/")
    assert "products / SB-001" in page
    assert "<del>14000</del> <ins>14500</ins>" in page
    assert Blueprint.objects.get(slug="pasar-kita", version=2).by.startswith("operator:")
    for _ in range(2):
        assert operator.post(f"{LIST}pasar-kita/2/pakai/").status_code == 302
    assert str(BlueprintChoice.objects.get().blueprint) == "pasar-kita 2"


def test_nonsense_is_an_error_of_the_form(operator: Client, kalidoni: Region, section: Section) -> None:
    right = {"region": str(kalidoni.public_id), "name": "Pasar"}
    for wrong in (
        {},
        {"region": "x"},
        {"region": "\x00"},
        {"region": "6d9a514b-0491-41c6-889e-4f63a6404fb3"},
        {"name": ""},
        {"name": "\x00"},
        {"name": "!!!"},
        {"name": "x" * 61},
    ):
        assert operator.post(f"{LIST}salin/", {**right, **wrong} if wrong else {}).status_code == 409, wrong
    section.exported = {"note": "hubungi 0812 3456 7890"}
    assert operator.post(f"{LIST}salin/", right).status_code == 409
    Region.objects.filter(pk=kalidoni.pk).update(status=RegionStatus.SUSPENDED)
    assert operator.post(f"{LIST}salin/", right).status_code == 409
    assert not Blueprint.objects.exclude(slug="kalidoni").exists()


@pytest.mark.parametrize("path", ["kalidoni/2/", "lain/1/", f"kalidoni/{10**30}/", "kalidoni/0/unduh/"])
def test_what_is_not_there_is_not_found(operator: Client, path: str) -> None:
    load_blueprints()
    assert operator.get(LIST + path).status_code == 404


def test_nobody_else_comes_in(kalidoni: Region) -> None:
    load_blueprints()
    somebody = Client(headers=HOST)
    for client in (Client(headers=HOST), somebody):
        for path in (LIST, f"{LIST}kalidoni/1/", f"{LIST}kalidoni/1/unduh/"):
            assert client.get(path).status_code in (302, 404)
        for path in (f"{LIST}salin/", f"{LIST}kalidoni/1/pakai/"):
            assert client.post(path).status_code in (302, 404)
        somebody.force_login(User.objects.get_or_create(email="warga@example.test")[0])
    assert not BlueprintChoice.objects.exists()
    assert Blueprint.objects.count() == 1


def test_differences_are_told_by_entry() -> None:
    before = {
        "services": [{"code": "sembako", "enabled": True}, {"code": "training", "enabled": True}],
        "pricing": {"minimum_saving": 100, "freshness_days": 30},
        "roles": ["a", "b"],
    }
    after = {
        "services": [{"code": "sembako", "enabled": False, "note": "x" * 200}, {"code": "fresh_food", "enabled": True}],
        "pricing": {"minimum_saving": 100, "freshness_days": 7},
        "roles": ["a", "b"],
    }
    found = differences(before, after)
    assert [(one.section, one.key, one.kind) for one in found] == [
        ("services", "sembako", "changed"),
        ("services", "fresh_food", "added"),
        ("pricing", "freshness_days", "changed"),
        ("services", "training", "removed"),
    ]
    assert found[0].changes[0] == Change("enabled", "true", "false")
    assert (found[0].changes[1].field, len(found[0].changes[1].after)) == ("note", 160)
    assert found[2].changes == [Change("", "30", "7")]
    assert differences(after, after) == []
    assert (count_of(after["services"]), count_of(after["pricing"]), count_of(after["roles"])) == (2, 2, 1)
