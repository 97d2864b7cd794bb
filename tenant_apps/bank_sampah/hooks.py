"""What building a region makes of Bank Sampah, and what others may copy: types, grades and the prices that they begin with."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from shared_apps.onboarding.models import Service
from tenant_apps.bank_sampah.models import Member, MemberState
from tenant_apps.bank_sampah.selectors.liquidity import liquidity
from tenant_apps.bank_sampah.selectors.prices import all_grades
from tenant_apps.bank_sampah.services import set_up
from tenant_apps.bank_sampah.services.starting import load_types
from tenants.hooks import NewRegion, blueprint_section, provision_step, region_status

_FIELDS = ("code", "name", "group", "composition", "measure", "piece_g", "hint", "co2e_g_per_kg", "co2e_source")


@blueprint_section("waste", order=50)
class WasteSection:
    """`{"categories": [{code, name, group, …, "grades": [names], "price_hint": rupiah}]}`. What the region has stays as it is."""

    def export(self) -> Any:
        rows: dict[str, dict[str, Any]] = {}
        for one in all_grades():
            kind = one.grade.type
            if not (kind.is_taken and one.grade.is_taken):
                continue
            told = {name: getattr(kind, name) for name in _FIELDS if getattr(kind, name) not in ("", None)}
            row = rows.setdefault(kind.code, {**told, "grades": []})
            row["grades"].append(one.grade.name)
            if one.price is not None:
                row.setdefault("price_hint", one.price)
        return {"categories": list(rows.values())} if rows else {}

    def apply(self, data: Any) -> None:
        load_types(data.get("categories", ()), by="system:blueprint")


@provision_step("bank_sampah", label=_("Setting up Bank Sampah"), order=70)
def bank_sampah(new: NewRegion) -> None:
    if Service.BANK_SAMPAH in new.services:
        set_up(name=f"Bank Sampah {new.name}", by="system:provisioning")


@region_status("bank_sampah", daily=True)
def measure() -> dict[str, int | str | None]:
    """Who saves at Bank Sampah now, and the rupiah in their books, those reserved for a payout among them."""
    money = liquidity()
    return {
        "members": Member.objects.filter(state=MemberState.ACTIVE).count(),
        "savings": money.savings + money.reserved,
    }
