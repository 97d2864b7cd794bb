"""What a region begins with: its centre, the usual types with prices to be looked at, and terms."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.db import transaction

from tenant_apps.bank_sampah.models import BankTerms, Composition, Group, Measure, WasteGrade, WastePrice, WasteType
from tenant_apps.bank_sampah.services.setting_up import make_centre
from tenants.kernel import clock

# Prices approximate what members were paid in Palembang around 2025; each region sets its own.
# CO₂e: "recycled" of WARM in tonnes for a short ton, brought to grams for a kilogram (× 1,102.31).
_TYPES = Path(__file__).parents[1] / "starting" / "waste_types.csv"
# As the first blueprint calls them.
_GROUPS = {"Plastik": "plastic", "Kertas": "paper", "Logam": "metal", "Kaca": "glass", "Lainnya": "other"}


def set_up(*, name: str, by: str) -> None:
    """The waste bank can begin: a second call changes nothing, and nothing that the region wrote is touched.

    Writes:  the centre called `name`; types, one grade each, and prices for members where there are no types; the first terms.
    """
    now = clock.now()
    with transaction.atomic():
        make_centre(name=name)
        if not BankTerms.objects.exists():
            BankTerms.objects.create(valid_from=now, by=by, at=now)
        if WasteType.objects.exists():
            return
        load_types(list(_usual().values()), by=by)


def load_types(rows: Iterable[Mapping[str, Any]], *, by: str) -> int:
    """Types with grades, and a price for members where one is told, as a table or a blueprint has them. How many are new.

    A code that is there already stays as it is. Rows of an earlier blueprint name code and price alone: the rest is as usual.
    """
    now, fresh = clock.now(), 0
    with transaction.atomic():
        there = set(WasteType.objects.values_list("code", flat=True))
        for told in rows:
            row = {**_usual().get(told["code"], {}), **told}
            if row["code"] in there or "composition" not in row:
                continue
            one = WasteType.objects.create(
                code=row["code"],
                name=row["name"],
                group=Group(_GROUPS.get(row["group"], row["group"])),
                composition=Composition(row["composition"]),
                measure=Measure(row.get("base_unit") or row["measure"]),
                piece_g=int(row["piece_g"]) if row.get("piece_g") else None,
                hint=row.get("hint", ""),
                co2e_g_per_kg=int(row["co2e_g_per_kg"]) if row.get("co2e_g_per_kg") else None,
                co2e_source=row.get("co2e_source", ""),
            )
            grades = [WasteGrade(type=one, name=name) for name in row.get("grades") or [""]]
            WasteGrade.objects.bulk_create(grades)
            price = row.get("price_hint", row.get("member_price"))
            if price is not None:
                WastePrice.objects.bulk_create(
                    WastePrice(grade=grade, price=int(price), valid_from=now, by=by, at=now) for grade in grades
                )
            fresh += 1
    return fresh


@cache
def _usual() -> dict[str, dict[str, str]]:
    with _TYPES.open(newline="", encoding="utf-8") as lines:
        return {row["code"]: row for row in csv.DictReader(lines)}
