"""A region that had slips before there were sums: the migrations count them in, go back without a trace, and come again."""

from __future__ import annotations

from importlib import import_module
from uuid import uuid4

import pytest

from tenant_apps.bank_sampah.models import Deposit, EarlierSlips, SavingsBook, WasteGrade, WasteUnit
from tenant_apps.bank_sampah.selectors.books import free_book
from tenant_apps.bank_sampah.services import Weighed, join, set_up, take_back, weigh_in
from tenant_apps.satker.models import Satker
from tenants.context import as_owner, in_region
from tenants.schemas.fingerprint import differences, fingerprint
from tenants.schemas.release import RegionExecutor, current_release, migrate_here
from tests.cast import BY
from tests.tenant_apps.bank_sampah.bank import sums_agree
from tests.tenants.fleet.fleets import build_fleet

COUNTING = import_module("tenant_apps.bank_sampah.migrations.0012_earlier_slips_are_counted")
BEFORE = ("bank_sampah", "0008_a_stop_is_its_members")


def weigh(unit: WasteUnit, book: SavingsBook, grams: int) -> Deposit:
    grade = WasteGrade.objects.select_related("type").get(type__code="PL-01")
    return weigh_in(unit=unit, book=book, key=uuid4(), lines=[Weighed(grade, grams)], by=BY)


def test_slips_of_a_region_without_sums_are_counted_in(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(COUNTING, "A_STEP", 2)
    (region,) = build_fleet(1)
    with in_region(region):
        Satker.objects.create(name="Satker")
        set_up(name="Bank Sampah", by=BY)
        unit = WasteUnit.objects.get()
        book = free_book(join(unit=unit, name="Ratna", by=BY, agrees=True))
        weigh(unit, book, 1_000)
    for _again in range(2):
        with as_owner(region.schema_name):
            RegionExecutor(region.schema_name, lambda *_: None).migrate([BEFORE])
        with in_region(region):
            # Code of before weighs and takes back, and knows of no sums.
            slips = [weigh(unit, book, 100 + grams) for grams in range(5)]
            take_back(deposit=slips[2], reason="salah", by=BY)
        with as_owner(region.schema_name):
            migrate_here(region.schema_name)
            assert differences(current_release().fingerprint, fingerprint(region.schema_name)) == []
        with in_region(region):
            mark = EarlierSlips.objects.get()
            assert mark.done == mark.until == slips[-1].pk
            sums_agree()
            weigh(unit, book, 5_000)
            sums_agree()
