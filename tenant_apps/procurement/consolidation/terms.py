"""What goes into a plan, and what comes out of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple


class Want(NamedTuple):
    """A warung's line: so many units firmly, and so many more that it would take to fill a carton. Ids are the caller's."""

    line: int
    product: int
    firm: int
    tolerance: int = 0


class Wants(NamedTuple):
    """All wishes for one product, column by column, in the order of their lines."""

    product: int
    lines: Sequence[int]
    firm: Sequence[int]
    tolerance: Sequence[int]


def gather(wants: Iterable[Want]) -> list[Wants]:
    """Wishes in any order, by product."""
    rows = sorted(wants, key=itemgetter(1, 0))
    found = []
    for product, own in groupby(rows, key=itemgetter(1)):
        lines, _products, firm, tolerance = zip(*own, strict=True)
        found.append(Wants(product, lines, firm, tolerance))
    return found


@dataclass(frozen=True, slots=True)
class Tier:
    """From so many cartons on, a carton costs so much."""

    cartons: int
    price: int


@dataclass(frozen=True, slots=True)
class Offer:
    """A supplier's article. `carton`: units in one, and never less is bought; `least` and `most`: cartons of one purchase.

    `tiers` rise by cartons, and the first begins at 1. `freight`: rupiah for bringing one carton.
    Bought jointly: `besides` cartons of others count towards the tier; or the tier from `reached` on is there already, for who
    buys `pledged` cartons or more.
    """

    offer: int
    supplier: int
    product: int
    carton: int
    tiers: tuple[Tier, ...]
    least: int = 1
    most: int | None = None
    freight: int = 0
    besides: int = 0
    reached: int = 0
    pledged: int = 0

    def __post_init__(self) -> None:
        begins = [tier.cartons for tier in self.tiers]
        if self.carton < 1 or self.least < 1 or not begins or begins[0] != 1 or begins != sorted(set(begins)):
            raise ValueError(f"no offer that can be bought: {self}")

    def tier_at(self, cartons: int) -> Tier:
        """What is paid for each carton of so many."""
        counted = max(cartons + self.besides, self.reached if cartons >= self.pledged else 0, 1)
        return next(tier for tier in reversed(self.tiers) if tier.cartons <= counted)

    def goods(self, cartons: int) -> int:
        """What so many cartons cost at the supplier's."""
        return cartons * self.tier_at(cartons).price

    def landed(self, cartons: int) -> int:
        """What they cost when they are here, without what each order of the supplier costs."""
        return self.goods(cartons) + cartons * self.freight


@dataclass(frozen=True, slots=True)
class Supplier:
    """`minimum`: rupiah of goods below which it takes no order. `freight`: rupiah for each order, however much is in it."""

    supplier: int
    minimum: int = 0
    freight: int = 0


class Part(NamedTuple):
    """So many units of a purchase are a warung's."""

    line: int
    units: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A line of a supplier's order. The units of its parts are those of its cartons, exactly."""

    offer: Offer
    cartons: int
    parts: tuple[Part, ...]

    @property
    def units(self) -> int:
        return self.cartons * self.offer.carton

    @property
    def price(self) -> int:
        """Of one carton."""
        return self.offer.tier_at(self.cartons).price

    @property
    def total(self) -> int:
        """The goods alone."""
        return self.offer.goods(self.cartons)


class Missed(Enum):
    """Why something firm is not bought."""

    NOT_OFFERED = "nobody offers it"
    LEAST = "too little for the smallest purchase that is offered"
    CARTON = "no whole carton is filled"
    MOST = "there is no more of it"
    MINIMUM = "too little for the supplier's smallest order"


@dataclass(frozen=True, slots=True)
class Gap:
    """A product of which not all that is firm is bought. So many more units, wanted firmly, and the next purchase is made;
    0 where more wishes would not help."""

    reason: Missed
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Advice:
    """So many cartons more, and each one costs less: what is bought already would save so many rupiah."""

    offer: Offer
    cartons: int
    saves: int


@dataclass(frozen=True, slots=True)
class MissedMinimum:
    """A supplier whose smallest order was not reached; so many rupiah of goods are missing."""

    supplier: int
    goods: int
    missing: int


@dataclass(slots=True)
class Plan:
    """A cycle, consolidated. `unfilled`: firm units that are not bought, by line; `gaps`: why, by product."""

    purchases: list[Purchase] = field(default_factory=list)
    unfilled: dict[int, int] = field(default_factory=dict)
    gaps: dict[int, Gap] = field(default_factory=dict)
    advice: list[Advice] = field(default_factory=list)
    missed: list[MissedMinimum] = field(default_factory=list)
