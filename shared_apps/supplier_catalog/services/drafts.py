"""What somebody wants to publish: an article as a whole, with what it costs where."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _

from shared_apps.supplier_catalog.models import Tax
from tenants.forms import MOST_RUPIAH
from tenants.kernel.units import BaseUnit

# What one pack may hold, and how many packs anybody can mean.
MOST_BASE_UNITS = 1_000_000_000
MOST_PACKS = 1_000_000
MOST_LEAD_DAYS = 365
MOST_TIERS = 10
MOST_LADDER = 12
# Asked for each draft of many: `.values` builds a list each time.
_UNITS = frozenset(BaseUnit.values)
_TAXES = frozenset(Tax.values)


def tidy(text: str) -> str:
    """Without what nobody sees: control and formatting characters, space around and doubled space within."""
    if text.isascii() and text.isprintable():
        if "  " not in text and text[:1] != " " and text[-1:] != " ":
            return text
    else:
        text = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class PackDraft:
    """A step of the ladder; `base_quantity` in the article's base unit."""

    label: str
    base_quantity: int
    barcode: str = ""


@dataclass(frozen=True, slots=True)
class OfferDraft:
    """The price of one pack for an official area, or for one region alone.

    Units: `tiers` are (from so many packs on, rupiah for a pack), the first from 1; `freight` is rupiah for one pack.
    Without `valid_from` it counts from today on; a later day schedules it.
    """

    pack: str
    tiers: tuple[tuple[int, int], ...]
    area: str | None = None
    region: int | None = None
    least: int = 1
    most: int | None = None
    lead_days: int = 1
    freight: int = 0
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def place(self) -> tuple[str | None, int | None]:
        return (self.area, self.region)

    def tidied(self) -> OfferDraft:
        pack, tiers = tidy(self.pack), tuple(sorted(self.tiers))
        return self if (pack, tiers) == (self.pack, self.tiers) else replace(self, pack=pack, tiers=tiers)


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """The whole article as it shall be. Offers for places that it does not name stay as they are."""

    sku: str
    name: str
    packs: tuple[PackDraft, ...]
    base_unit: str = BaseUnit.PIECE.value
    brand: str = ""
    tax: str = Tax.NONE.value
    catch_weight: bool = False
    offers: tuple[OfferDraft, ...] = ()

    def tidied(self) -> ArticleDraft:
        """The same as it is kept: texts without stray spaces, the smallest pack first."""
        packs = [PackDraft(tidy(p.label), p.base_quantity, tidy(p.barcode)) for p in self.packs]
        packs.sort(key=lambda p: (p.base_quantity, p.label))
        tidied = ArticleDraft(
            sku=tidy(self.sku),
            name=tidy(self.name),
            packs=tuple(packs),
            base_unit=self.base_unit,
            brand=tidy(self.brand),
            tax=self.tax,
            catch_weight=self.catch_weight,
            offers=tuple(o.tidied() for o in self.offers),
        )
        return self if tidied == self else tidied


def fault_of(draft: ArticleDraft) -> str:
    """What a person has to mend in a tidied draft first; empty where nothing."""
    return next(_faults(draft), "")


def _faults(draft: ArticleDraft) -> Iterator[str]:
    if not draft.sku:
        yield _("Write the SKU. An article without one cannot be told from others.")
    if len(draft.sku) > 60:
        yield _("Write a SKU of at most 60 characters.")
    if not draft.name:
        yield _("Write the name of the article.")
    if len(draft.name) > 160:
        yield _("Write a name of at most 160 characters.")
    if len(draft.brand) > 80:
        yield _("Write a brand of at most 80 characters.")
    if draft.base_unit not in _UNITS:
        yield _("The unit is not known. Choose gram, millilitre or piece.")
    if draft.tax not in _TAXES:
        yield _("Say how PPN stands to the price.")
    yield from _pack_faults(draft)
    labels = {pack.label.casefold() for pack in draft.packs}
    for offer in draft.offers:
        yield from _offer_faults(offer, labels)
    if len({(offer.place, offer.valid_from) for offer in draft.offers}) < len(draft.offers):
        yield _("There are two prices for one place and one day. Leave one of them.")


def _pack_faults(draft: ArticleDraft) -> Iterator[str]:
    if not draft.packs:
        yield _("Write at least one pack.")
    if len(draft.packs) > MOST_LADDER:
        yield _("Write at most %(count)s packs.") % {"count": MOST_LADDER}
    if len({pack.label.casefold() for pack in draft.packs}) < len(draft.packs):
        yield _("Two packs have the same name. Give each its own.")
    for pack in draft.packs:
        if not pack.label or len(pack.label) > 40:
            yield _("Write a name of 1 to 40 characters for each pack, such as dus.")
        if not 0 < pack.base_quantity <= MOST_BASE_UNITS:
            yield _("Write how much is in the pack: a number above zero.")
        if pack.barcode and not (pack.barcode.isascii() and pack.barcode.isdigit() and 8 <= len(pack.barcode) <= 14):
            yield _("A barcode has 8 to 14 digits. Leave it empty if there is none.")


def _offer_faults(offer: OfferDraft, labels: set[str]) -> Iterator[str]:
    if offer.pack.casefold() not in labels:
        yield _("The price is for a pack that the article does not have.")
    if (offer.area is None) == (offer.region is None):
        yield _("Say for which area or for which region the price is.")
    if not offer.tiers or offer.tiers[0][0] != 1:
        yield _("Write the price of one pack.")
    if len(offer.tiers) > MOST_TIERS or len({packs for packs, _price in offer.tiers}) < len(offer.tiers):
        yield _("Write at most %(count)s price tiers, each from another number of packs on.") % {"count": MOST_TIERS}
    for packs, price in offer.tiers:
        if not 0 < packs <= MOST_PACKS:
            yield _("A price tier begins at 1 to 1.000.000 packs.")
        if not 0 < price <= MOST_RUPIAH:
            yield _("Write a price above zero and of at most Rp 1.000.000.000.")
    if not 0 < offer.least <= MOST_PACKS:
        yield _("Write 1 or more for the fewest packs of an order.")
    if offer.most is not None and not offer.least <= offer.most <= MOST_PACKS:
        yield _("The most packs of an order cannot be fewer than the fewest.")
    if not 0 <= offer.lead_days <= MOST_LEAD_DAYS:
        yield _("Write 0 to 365 days until delivery.")
    if not 0 <= offer.freight <= MOST_RUPIAH:
        yield _("Write the freight of a pack in whole rupiah, or 0.")
    if offer.valid_from and offer.valid_to and offer.valid_to < offer.valid_from:
        yield _("The last day of a price cannot be before its first.")
