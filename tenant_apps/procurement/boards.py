"""What the pages for asking and answering show, worked out at once so that no template counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import search_products
from tenant_apps.procurement.models import MOST_OF_A_PACK, RestockLine, RestockRequest
from tenant_apps.procurement.selectors import Offer, Suggestion, free_at_satker, offers, suggestions_for
from tenant_apps.procurement.services import Wish
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung

A_PAGE = 24
MOST_FOUND = 60


@dataclass(frozen=True)
class AskRow:
    """A pack that can be asked for: how many are written, and what the owner should know about it."""

    offer: Offer
    packs: str
    suggestion: Suggestion | None = None
    seen: int | None = None
    unreadable: bool = False

    @property
    def is_short(self) -> bool:
        """Whether the Satker has less than is written."""
        return self.packs.isascii() and self.packs.isdecimal() and int(self.packs) > self.offer.packs_free

    @property
    def was(self) -> int | None:
        """The price that was seen before, where it has moved."""
        return self.seen if self.seen is not None and self.seen != self.offer.price.price else None


@dataclass(frozen=True)
class AskBoard:
    """The page of a new request: what is chosen or suggested, then what else there is."""

    chosen: list[AskRow]
    others: list[AskRow]
    more: int
    total: int
    kinds: int
    gone: list[int]


def ask_board(
    warung: Warung,
    satker: Satker,
    *,
    wishes: Mapping[int, Wish] | None = None,
    unreadable: Mapping[int, str] | None = None,
    text: str = "",
    shown: int = A_PAGE,
) -> AskBoard:
    """Without wishes (the page is opened) the suggestions are written in; with them, what the owner wrote."""
    offered = offers(satker)
    by_pack = {offer.pack.pk: offer for offer in offered}
    suggested = {one.offer.pack.pk: one for one in suggestions_for(warung, offered)}
    wrong = unreadable or {}
    rows: dict[int, AskRow] = {}
    for pack_id, one in suggested.items():
        rows[pack_id] = AskRow(one.offer, str(min(one.packs, MOST_OF_A_PACK)) if wishes is None else "0", one)
    for pack_id, wish in (wishes or {}).items():
        if pack_id in by_pack:
            rows[pack_id] = AskRow(by_pack[pack_id], str(wish.quantity), suggested.get(pack_id), wish.price_seen)
    for pack_id, typed in wrong.items():
        if pack_id in by_pack:
            rows[pack_id] = AskRow(by_pack[pack_id], typed, suggested.get(pack_id), unreadable=True)
    rest = [offer for offer in _found(offered, text) if offer.pack.pk not in rows]
    written = [row for row in rows.values() if not row.unreadable and int(row.packs)]
    return AskBoard(
        chosen=list(rows.values()),
        others=[AskRow(offer, "0") for offer in rest[:shown]],
        more=max(len(rest) - shown, 0),
        total=sum(int(row.packs) * row.offer.price.price for row in written),
        kinds=len(written),
        gone=[pack_id for pack_id in {**(wishes or {}), **wrong} if pack_id not in by_pack],
    )


def _found(offered: list[Offer], text: str) -> Iterable[Offer]:
    """Offers of products that fit the text, best first; all of them without a text."""
    if not text:
        return offered
    among = Product.objects.filter(pk__in={offer.pack.product_id for offer in offered})
    ranks = {product.pk: rank for rank, product in enumerate(search_products(text, MOST_FOUND, among))}
    found = [offer for offer in offered if offer.pack.product_id in ranks]
    return sorted(found, key=lambda offer: ranks[offer.pack.product_id])


def total_of(wishes: Iterable[Wish]) -> int:
    """Rupiah, at the prices that were seen."""
    return sum(wish.quantity * wish.price_seen for wish in wishes)


@dataclass(frozen=True)
class AnswerLine:
    """A line beside what the Satker has: `fits` is what can be accepted, in packs."""

    line: RestockLine
    free: int
    fits: int

    @property
    def packs_free(self) -> int:
        return self.free // self.line.base_quantity


def answer_lines(request: RestockRequest) -> list[AnswerLine]:
    """The request's lines with the free stock of the Satker. Lines of one product share it, in their order."""
    lines = list(request.lines.all())
    free = free_at_satker(request.satker, [line.product_id for line in lines])
    left = dict(free)
    found = []
    for line in lines:
        fits = min(line.quantity_asked, max(left[line.product_id], 0) // line.base_quantity)
        left[line.product_id] -= fits * line.base_quantity
        found.append(AnswerLine(line, free[line.product_id], fits))
    return found
