"""A region copies another's types of waste: as they are called, graded and priced to begin with."""

from __future__ import annotations

import json

from shared_apps.onboarding.services.blueprints import FOLDER
from tenant_apps.bank_sampah.hooks import WasteSection
from tenant_apps.bank_sampah.models import WasteGrade, WastePrice, WasteType
from tenant_apps.bank_sampah.services import add_grade, set_price, set_up
from tenants.context import in_region
from tenants.models import Region
from tests.cast import BY
from tests.tenant_apps.bank_sampah.bank import Bank


def test_another_region_begins_with_the_same(bank: Bank, lombok: Region) -> None:
    grade = bank.grade("PL-01")
    add_grade(kind=grade.type, name="kotor")
    set_price(grade=grade, price=3_900, by=BY)
    WasteType.objects.filter(code="LN-03").update(is_taken=False)
    told = json.loads(json.dumps(WasteSection().export()))
    assert "LN-03" not in {row["code"] for row in told["categories"]}
    here = set(WasteType.objects.filter(is_taken=True).values_list("code", "name", "co2e_g_per_kg", "piece_g"))
    with in_region(lombok):
        WasteSection().apply(told)
        assert set(WasteType.objects.values_list("code", "name", "co2e_g_per_kg", "piece_g")) == here
        assert list(WasteGrade.objects.filter(type__code="PL-01").values_list("name", flat=True)) == ["", "kotor"]
        assert WastePrice.objects.filter(grade__type__code="PL-01", grade__name="").get().price == 3_900
        prices = WastePrice.objects.count()
        WasteSection().apply(told)
        set_up(name="Bank Sampah Lombok", by=BY)
        assert (WasteType.objects.count(), WastePrice.objects.count()) == (len(here), prices), "nothing twice"


def test_what_the_region_wrote_stays(bank: Bank) -> None:
    WasteType.objects.filter(code="PL-01").update(name="Botol kita")
    WasteSection().apply({"categories": [{"code": "PL-01", "name": "Botol lain", "price_hint": 1}]})
    assert WasteType.objects.get(code="PL-01").name == "Botol kita"
    assert not WastePrice.objects.filter(price=1).exists()


def test_kalidonis_first_blueprint_is_read(lombok: Region) -> None:
    document = json.loads((FOLDER / "kalidoni-1.json").read_text(encoding="utf-8"))
    with in_region(lombok):
        WasteSection().apply(document["sections"]["waste"])
        assert WasteType.objects.count() == 24
        assert WasteType.objects.get(code="PL-08").measure == "pcs"
        assert not WasteType.objects.filter(co2e_g_per_kg=None, code="PL-01").exists(), "the usual factor is added"
        assert WastePrice.objects.get(grade__type__code="LG-05").price == 85_000


def test_what_nobody_knows_is_left_out(lombok: Region) -> None:
    with in_region(lombok):
        WasteSection().apply({"categories": [{"code": "XX-99", "name": "Entah", "group": "Plastik", "price_hint": 5}]})
        WasteSection().apply({})
        assert not WasteType.objects.exists()
