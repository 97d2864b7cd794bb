"""A change in words: what was, and what will be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.supplier_catalog.models import Tax
from tenant_apps.suppliers.costs import cost_of_facts, percent_text, permille
from tenant_apps.suppliers.facts import Facts
from tenant_apps.suppliers.models import AdoptionChange, ChangeKind
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was."""

    label: str | Promise
    before: str
    after: str


@dataclass(frozen=True)
class ToldChange:
    """A change with its differences, and how much more a unit costs here: "+6,7%"; empty where that cannot be said."""

    change: AdoptionChange
    differences: list[Difference]
    percent: str
    dearer: bool

    @property
    def gone(self) -> bool:
        return self.change.kind == ChangeKind.GONE


_LABELS: tuple[tuple[str, str | Promise], ...] = (
    ("name", gettext_lazy("Name")),
    ("pack_label", gettext_lazy("Pack")),
    ("base_quantity", gettext_lazy("Content of a pack")),
    ("tax", gettext_lazy("PPN")),
    ("catch_weight", gettext_lazy("Weighed on arrival")),
    ("price", gettext_lazy("Price of a pack")),
    ("tiers", gettext_lazy("Prices for more")),
    ("freight", gettext_lazy("Freight of a pack")),
    ("least", gettext_lazy("Fewest packs")),
    ("most", gettext_lazy("Most packs")),
    ("lead_days", gettext_lazy("Days until delivery")),
)


def told(change: AdoptionChange, on: date) -> ToldChange:
    """The change as people read it."""
    before, after = change.before, change.after
    if not after:
        return ToldChange(change, [], "", dearer=False)
    found = []
    for name, label in _LABELS:
        if name in before and _shown(name, before) != _shown(name, after):
            found.append(Difference(label, _shown(name, before), _shown(name, after)))
    more = 0
    if before["base_unit"] == after["base_unit"]:
        was, will_be = cost_of_facts(before, on), cost_of_facts(after, on)
        more = permille(was.by_unit, will_be.by_unit)
        if was.each != will_be.each:
            label = _("Landed, for one %(unit)s") % {"unit": was.unit_name}
            found.append(Difference(label, rupiah_text(was.each), rupiah_text(will_be.each)))
    return ToldChange(change, found, percent_text(more) if more else "", dearer=more > 0)


def _shown(name: str, facts: Facts) -> str:
    value: Any = facts.get(name)
    if name in ("price", "freight"):
        return rupiah_text(value)
    if name == "base_quantity":
        return quantity_text(value, facts["base_unit"])
    if name == "tax":
        return str(Tax(value).label)
    if name == "catch_weight":
        return _("yes") if value else _("no")
    if name == "tiers":
        return tiers_text(value[1:]) or "–"
    return "–" if value is None else str(value)


def tiers_text(tiers: list[list[int]]) -> str:
    """ "from 10: Rp 270.000, from 20: Rp 265.000"."""
    steps = [_("from %(packs)s: %(price)s") % {"packs": packs, "price": rupiah_text(price)} for packs, price in tiers]
    return ", ".join(steps)
