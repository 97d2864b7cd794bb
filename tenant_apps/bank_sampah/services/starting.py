"""What a region begins with: its centre, the usual types with prices to be looked at, and terms."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from django.db import transaction

from tenant_apps.bank_sampah.models import BankTerms, Measure, WasteGrade, WastePrice, WasteType
from tenant_apps.bank_sampah.services.setting_up import make_centre
from tenants.kernel import clock

# Prices approximate what members were paid in Palembang around 2025; each region sets its own.
# CO₂e: "recycled" of WARM in tonnes for a short ton, brought to grams for a kilogram (× 1,102.31).
_TYPES = Path(__file__).parents[1] / "starting" / "waste_types.csv"


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
        rows = _rows()
        types = WasteType.objects.bulk_create(
            WasteType(
                code=row["code"],
                name=row["name"],
                group=row["group"],
                composition=row["composition"],
                measure=Measure(row["measure"]),
                piece_g=int(row["piece_g"]) if row["piece_g"] else None,
                co2e_g_per_kg=int(row["co2e_g_per_kg"]) if row["co2e_g_per_kg"] else None,
                co2e_source=row["co2e_source"],
            )
            for row in rows
        )
        grades = WasteGrade.objects.bulk_create(WasteGrade(type=one) for one in types)
        WastePrice.objects.bulk_create(
            WastePrice(grade=grade, price=int(row["member_price"]), valid_from=now, by=by, at=now)
            for grade, row in zip(grades, rows, strict=True)
        )


@cache
def _rows() -> list[dict[str, str]]:
    with _TYPES.open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))
