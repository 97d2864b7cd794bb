"""A row of a list as its cells say it, and the article that it describes beside what the catalogue has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from shared_apps.price_lists.cells import pack_in, rupiah_in, tax_in, whole_in
from shared_apps.price_lists.columns import Columns
from shared_apps.price_lists.errors import Unreadable
from shared_apps.supplier_catalog.models import Tax
from shared_apps.supplier_catalog.services.drafts import ArticleDraft, OfferDraft, PackDraft, fault_of, tidy
from shared_apps.supplier_catalog.services.standing import OpenOffer, Place, Standing, beside, facts_of
from tenants.kernel.money import rupiah_text
from tenants.kernel.tables import day_of
from tenants.kernel.units import quantity_text

# A price that moves by more than this is pointed out, and never taken over by itself.
JUMP_PERCENT = 30


class Reader:
    """Reads rows of one list. A column that the list lacks leaves what the catalogue has; an empty cell of terms means none.

    Tiers of another price are nobody's offer any more: a list without columns for them keeps them while the price stays.
    """

    def __init__(self, columns: Columns, place: Place, today: date) -> None:
        self._places, self._place, self._today = columns.places, place, today
        self._tiers = columns.tiers
        self._pairs = [
            (f"from{n}", f"at{n}") for n in (1, 2, 3) if f"from{n}" in self._places or f"at{n}" in self._places
        ]

    def text(self, cells: Sequence[str], key: str) -> str:
        """What stands in this column."""
        place = self._places.get(key)
        return tidy(cells[place]) if place is not None and place < len(cells) else ""

    def draft(self, cells: Sequence[str], known: Standing | None) -> ArticleDraft:
        """The article that the row describes.

        Raises:  Unreadable.
        """
        _name, brand, base_unit, tax, weighed, ladder = (known.facts if known else None) or ("", "", "", "", False, ())
        by_label = {pack[0].casefold(): pack for pack in ladder}
        told, content = self.text(cells, "pack"), self.text(cells, "content")
        there = by_label.get(told.casefold()) if told and not content else None
        unit: str | None
        if there is not None:
            # A pack that the catalogue knows need not be described again.
            label, quantity, unit = there[0], there[1], base_unit
        else:
            label, size, unit = pack_in(told, content, self.text(cells, "unit"))
            if size is None:
                raise Unreadable(_("Write how much is in the pack, such as 40 pcs, 40x85g or 1,5 kg."))
            quantity, there = size, by_label.get(label.casefold())
        pack = PackDraft(
            there[0] if there else label,
            quantity,
            self.text(cells, "barcode").replace(" ", "") or (there[2] if there else ""),
        )
        # Packs of grams and of pieces make no ladder.
        others = [PackDraft(*one) for one in ladder if one is not there] if unit == base_unit else []
        tax_text = self.text(cells, "tax")
        draft = ArticleDraft(
            sku=self.text(cells, "sku"),
            name=self.text(cells, "name"),
            packs=tuple(sorted((*others, pack), key=lambda one: (one.base_quantity, one.label))),
            base_unit=unit or base_unit,
            brand=self.text(cells, "brand") or brand,
            tax=tax_in(tax_text) if tax_text else tax or Tax.NONE.value,
            catch_weight=weighed,
            offers=(self._offer(cells, pack.label, known),),
        )
        fault = fault_of(draft)
        if fault:
            raise Unreadable(fault)
        return draft

    def _offer(self, cells: Sequence[str], pack: str, known: Standing | None) -> OfferDraft:
        begins = self._day(cells, "from")
        now = known.counting(self._place, max(begins or self._today, self._today)) if known else None
        stock = self.text(cells, "most")
        most = whole_in(stock) if stock else None
        if most == 0:
            raise Unreadable(_("The stock is 0. Leave the row out, or write how many packs there are."))
        return OfferDraft(
            pack=pack,
            tiers=self._prices(cells, now if now and now.label == pack else None),
            area=self._place[0],
            region=self._place[1],
            least=self._number(cells, "least", now.least if now else 1, empty=1),
            most=most if "most" in self._places or not now else now.most,
            lead_days=self._number(cells, "lead", now.lead_days if now else 1, empty=now.lead_days if now else 1),
            freight=self._freight(cells, now),
            valid_from=begins,
            valid_to=self._day(cells, "to") if "to" in self._places or not now else now.valid_to,
        )

    def _prices(self, cells: Sequence[str], now: OpenOffer | None) -> tuple[tuple[int, int], ...]:
        price = self.text(cells, "price")
        if not price:
            raise Unreadable(_("Write the price of one pack."))
        tiers = [(1, rupiah_in(price))]
        if not self._tiers and not self._pairs and now and now.tiers[:1] == tuple(tiers):
            return now.tiers
        for packs, place in self._tiers:
            text = tidy(cells[place]) if place < len(cells) else ""
            if text and text != "-":
                tiers.append((packs, rupiah_in(text)))
        for start, at in self._pairs:
            packs_text, price_text = self.text(cells, start), self.text(cells, at)
            if bool(packs_text) != bool(price_text):
                raise Unreadable(_("A price tier needs both: from how many packs on, and its price."))
            if packs_text:
                tiers.append((whole_in(packs_text), rupiah_in(price_text)))
        return tuple(sorted(set(tiers)))

    def _number(self, cells: Sequence[str], key: str, now: int, *, empty: int) -> int:
        text = self.text(cells, key)
        return whole_in(text) if text else empty if key in self._places else now

    def _freight(self, cells: Sequence[str], now: OpenOffer | None) -> int:
        text = self.text(cells, "freight")
        if text:
            return 0 if text == "-" else rupiah_in(text)
        return now.freight if now and "freight" not in self._places else 0

    def _day(self, cells: Sequence[str], key: str) -> date | None:
        text = self.text(cells, key)
        day = day_of(text) if text else None
        if text and day is None:
            raise Unreadable(_("%(text)s is no day. Write it like 24/11/2026.") % {"text": text[:40]})
        return day


@dataclass(frozen=True, slots=True)
class Difference:
    """What publishing a draft would change. `changes` are (what, from, to) in words; `percent` is how far the price moves."""

    is_new: bool
    changes: tuple[tuple[str, str, str], ...]
    percent: int | None = None
    jumps: bool = False

    @property
    def is_same(self) -> bool:
        return not self.is_new and not self.changes


def difference(draft: ArticleDraft, known: Standing | None, today: date) -> Difference:
    """The drafted article, with one offer, beside what counts on the day from which that offer is to count."""
    offer = draft.offers[0]
    if known is None or known.facts is None or known.current is None:
        return Difference(True, ())
    same_facts = known.facts == facts_of(draft)
    if same_facts and known.is_active and beside(known, offer, known.current, known.packs, today)[0] is not None:
        return Difference(False, ())
    now = known.counting(offer.place, max(offer.valid_from or today, today))
    if now is None or not known.is_active:
        return Difference(True, ())
    pack = next(one for one in draft.packs if one.label.casefold() == offer.pack.casefold())
    changes = [
        *_facts(known, draft),
        *_terms(now, offer, pack, known.facts[2], draft.base_unit),
    ]
    if not changes:
        changes = [("version", "", "")]
    percent, jumps = _moved(now, offer, pack, known.facts[2] == draft.base_unit)
    return Difference(False, tuple(changes), percent, jumps)


def _facts(known: Standing, draft: ArticleDraft) -> list[tuple[str, str, str]]:
    if known.facts is None:
        return []
    name, brand, unit, tax, _weighed, ladder = known.facts
    changes = [
        ("name", name, draft.name),
        ("brand", brand, draft.brand),
        ("tax", str(Tax(tax).label), str(Tax(draft.tax).label)),
        (
            "packs",
            ", ".join(f"{label} {quantity_text(size, unit)}" for label, size, _code in ladder),
            ", ".join(f"{pack.label} {quantity_text(pack.base_quantity, draft.base_unit)}" for pack in draft.packs),
        ),
        (
            "barcode",
            ", ".join(code for _label, _size, code in ladder if code),
            ", ".join(pack.barcode for pack in draft.packs if pack.barcode),
        ),
    ]
    return [change for change in changes if change[1] != change[2]]


def _terms(now: OpenOffer, offer: OfferDraft, pack: PackDraft, was: str, unit: str) -> list[tuple[str, str, str]]:
    changes = [
        ("price", rupiah_text(now.tiers[0][1]), rupiah_text(offer.tiers[0][1])),
        ("tiers", _tiers(now.tiers), _tiers(offer.tiers)),
        (
            "pack",
            f"{now.label} {quantity_text(now.base_quantity, was)}",
            f"{pack.label} {quantity_text(pack.base_quantity, unit)}",
        ),
        ("least", str(now.least), str(offer.least)),
        ("most", _or_none(now.most), _or_none(offer.most)),
        ("lead", str(now.lead_days), str(offer.lead_days)),
        ("freight", rupiah_text(now.freight), rupiah_text(offer.freight)),
        ("to", _or_none(now.valid_to), _or_none(offer.valid_to)),
    ]
    return [change for change in changes if change[1] != change[2]]


def _moved(now: OpenOffer, offer: OfferDraft, pack: PackDraft, same_unit: bool) -> tuple[int | None, bool]:
    """By how many percent the price of a base unit moves; of a pack, where the unit itself changed."""
    before, after = now.tiers[0][1], offer.tiers[0][1]
    if same_unit:
        before, after = before * pack.base_quantity, after * now.base_quantity
    if before == after:
        return None, False
    percent = (after - before) * 100 // before if after > before else -((before - after) * 100 // before)
    return min(percent, 9_999), abs(after - before) * 100 > JUMP_PERCENT * before


def _tiers(tiers: Sequence[tuple[int, int]]) -> str:
    return ", ".join(f"{packs}+: {rupiah_text(price)}" for packs, price in tiers[1:]) or "–"


def _or_none(value: object) -> str:
    return "–" if value is None else str(value)
