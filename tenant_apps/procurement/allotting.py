"""What came and is not shared out yet, and the fair share of each warung: computed anew until the Satker confirms it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Sum

from tenant_apps.procurement.agreed import Standing, Tally, Terms, nearest, standings
from tenant_apps.procurement.consolidation import Claim, allot, shares
from tenant_apps.procurement.models import Allotment, Cycle, CycleOrder, PurchaseLine, PurchasePart
from tenant_apps.warungs.models import Warung


@dataclass(frozen=True)
class Share:
    """A warung's part of a line: bought for it, given before, and fair now. Without a warung it is the Satker's own."""

    part: PurchasePart
    firm: int
    given: int
    fair: int
    # The most that it may get now: its line takes no more than firm and tolerance together.
    most: int

    @property
    def warung(self) -> Warung | None:
        return self.part.line.order.warung


@dataclass(frozen=True)
class Sharing:
    """A line of a purchase of which something waits to be shared out. `units` and `base_quantity` are of that alone."""

    terms: Terms
    tally: Tally
    units: int
    base_quantity: int
    shares: tuple[Share, ...]

    @property
    def line(self) -> PurchaseLine:
        return self.terms.line

    @property
    def is_short(self) -> bool:
        return self.tally.units < self.line.units


@dataclass(frozen=True)
class Given:
    """What a part gets: base units and rupiah are shared out to the last one."""

    part: PurchasePart
    units: int
    shifted: int
    base_quantity: int
    amount: int


def sharings(cycle: Cycle) -> list[Sharing]:
    """Every line with something to share out, by product. Twelve queries for one supplier, however many warungs there are."""
    found = []
    for standing in standings(cycle.purchases.select_related("supplier")):
        found += _of(standing)
    return found


def given_of(sharing: Sharing, units: Mapping[int, int]) -> list[Given]:
    """What these units by part id come to. They must sum to what is to be shared out."""
    rows = [(share, units.get(share.part.pk, share.fair)) for share in sharing.shares]
    base = shares(sharing.base_quantity, [number for _share, number in rows])
    amounts = _amounts(sharing, rows, base)
    return [
        Given(share.part, number, number - share.fair, weight, amount)
        for (share, number), weight, amount in zip(rows, base, amounts, strict=True)
    ]


def _of(standing: Standing) -> list[Sharing]:
    lines = list(standing.terms)
    before = {
        row["part"]: row
        for row in Allotment.objects.filter(part__purchase_line__in=lines)
        .order_by()
        .values("part")
        .annotate(units=Sum("units"), base=Sum("base_quantity"))
    }
    # The orders are few beside the lines: they are read once, and not along with each line.
    orders = {
        order.pk: order
        for order in CycleOrder.objects.filter(cycle=standing.purchase.cycle_id).select_related("warung")
    }
    parts: dict[int, list[PurchasePart]] = defaultdict(list)
    rows = PurchasePart.objects.filter(purchase_line__in=lines).select_related("line")
    for part in rows.order_by("line_id"):
        part.line.order = orders[part.line.order_id]
        parts[part.purchase_line_id].append(part)
    elsewhere = _elsewhere(lines)
    found = []
    for pk, terms in standing.terms.items():
        tally, own = standing.tallies[pk], parts[pk]
        given = {part.pk: before[part.pk]["units"] if part.pk in before else 0 for part in own}
        units = tally.units - sum(given.values())
        if units <= 0:
            continue
        base = terms.base_quantity(tally) - sum(before[part.pk]["base"] for part in own if part.pk in before)
        firm = {part.pk: _firm(part, elsewhere) for part in own}
        fair = allot(
            tally.units,
            [Claim(part.line_id, firm[part.pk], part.units - firm[part.pk], given[part.pk]) for part in own],
        )
        found.append(
            Sharing(
                terms,
                tally,
                units,
                base,
                tuple(
                    Share(
                        part,
                        firm[part.pk],
                        given[part.pk],
                        fair[part.line_id] - given[part.pk],
                        part.line.firm + part.line.tolerance - given[part.pk] - _others(part, elsewhere),
                    )
                    for part in own
                ),
            )
        )
    return found


def _elsewhere(lines: Sequence[int]) -> dict[int, list[tuple[int, int]]]:
    """All parts (id, units) of the warungs' lines that these lines of a purchase fill, in the order in which firm units fill them."""
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    filled = PurchasePart.objects.filter(purchase_line__in=lines).values("line")
    rows = PurchasePart.objects.filter(line__in=filled).order_by("purchase_line_id")
    for line, part, units in rows.values_list("line_id", "pk", "units"):
        found[line].append((part, units))
    return found


def _firm(part: PurchasePart, elsewhere: Mapping[int, Sequence[tuple[int, int]]]) -> int:
    """How many units of the part are firm: a line's firm units fill its parts one after the other."""
    left = part.line.firm
    for other, units in elsewhere[part.line_id]:
        if other == part.pk:
            break
        left -= units
    return min(max(left, 0), part.units)


def _others(part: PurchasePart, elsewhere: Mapping[int, Sequence[tuple[int, int]]]) -> int:
    return sum(units for other, units in elsewhere[part.line_id] if other != part.pk)


def _amounts(sharing: Sharing, rows: Sequence[tuple[Share, int]], base: Sequence[int]) -> list[int]:
    """What each pays: units at the price of its line; weighed goods by weight, and together exactly what all of it costs."""
    paying = [share.warung is not None for share, _number in rows]
    if not sharing.terms.is_weighed:
        return [
            share.part.line.price * number if pays else 0 for (share, number), pays in zip(rows, paying, strict=True)
        ]
    amounts = [0] * len(rows)
    for price in {share.part.line.price for share, _number in rows}:
        places = [at for at, (share, _n) in enumerate(rows) if share.part.line.price == price and paying[at]]
        weights = [base[at] for at in places]
        total = nearest(price * sum(weights), sharing.line.good.base_quantity)
        for at, amount in zip(places, shares(total, weights), strict=True):
            amounts[at] = amount
    return amounts
