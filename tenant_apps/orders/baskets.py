"""What is in a cart at this moment: today's prices, what is really there, what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from uuid import UUID

from tenant_apps.catalog.models import Pack
from tenant_apps.orders.models import CartLine
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import Guarantee, guarantee_of, prices_at
from tenant_apps.stock.selectors import available_on
from tenant_apps.warungs.delivering import Reach, reach_of
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.opening import OpenState
from tenant_apps.warungs.selectors import opening_of, openings_of, shown_warungs
from tenants.kernel.asking import value_of


@dataclass(frozen=True)
class BasketLine:
    """A pack that somebody wants. `orderable` of the `wanted` can be had; `seen` is the price that was shown before."""

    pack: Pack
    wanted: int
    orderable: int
    # Base units of the product that nobody else was promised.
    available: int
    price: WarungPrice | None
    seen: int | None = None
    # What its customer says of it.
    may_replace: bool = False
    note: str = ""
    # What the market says of the price now; a saving is told only while it holds.
    guarantee: Guarantee | None = None

    @property
    def total(self) -> int:
        return self.orderable * self.price.price if self.price else 0

    @property
    def saving(self) -> int:
        return self.orderable * self.guarantee.saving if self.guarantee else 0

    @property
    def is_short(self) -> bool:
        return self.price is not None and self.orderable < self.wanted

    @property
    def price_moved(self) -> bool:
        return self.price is not None and self.seen is not None and self.seen != self.price.price


@dataclass(frozen=True)
class Basket:
    """Everything that somebody wants of one warung."""

    warung: Warung
    opening: OpenState
    lines: tuple[BasketLine, ...]
    # What delivery costs where the customer lives; unknown, or not delivered there: None.
    reach: Reach | None = None

    @cached_property
    def orderable(self) -> list[BasketLine]:
        """The lines of which at least one can be had."""
        return [line for line in self.lines if line.orderable]

    @property
    def goods_total(self) -> int:
        return sum(line.total for line in self.lines)

    @property
    def saving(self) -> int:
        return sum(line.saving for line in self.lines)

    @property
    def fee(self) -> int:
        """The delivery fee to the customer's place, or the warung's own while that is unknown."""
        return self.reach.fee if self.reach else self.warung.delivery_fee

    @property
    def delivered_total(self) -> int:
        return self.goods_total + self.fee

    @property
    def has_changes(self) -> bool:
        """Whether something is not as it was wanted or seen."""
        return any(line.price is None or line.is_short or line.price_moved for line in self.lines)


@dataclass(frozen=True)
class Glance:
    """All carts of somebody together: packs, and rupiah at today's prices."""

    packs: int
    total: int


def basket(warung: Warung, wanted: Sequence[tuple[Pack, int]], seen: Mapping[int, int] | None = None) -> Basket:
    """These packs at this warung now. `seen`: prices that were shown before, by pack id.

    Packs of one product share what there is, in the order in which they stand.
    """
    return judged(_counted([(warung, wanted)], seen))[0]


def judged(baskets: Sequence[Basket]) -> list[Basket]:
    """The same baskets, each line with what the market says of its price now. Two queries for all of them together."""
    found = guarantee_of([line.price for one in baskets for line in one.lines if line.price])
    return [
        replace(
            one,
            lines=tuple(replace(line, guarantee=found[line.price.pk]) if line.price else line for line in one.lines),
        )
        for one in baskets
    ]


def _counted(
    wishes: Sequence[tuple[Warung, Sequence[tuple[Pack, int]]]], seen: Mapping[int, int] | None = None
) -> list[Basket]:
    """What each warung can give of it now: three queries, however many warungs they are."""
    packs = [pack for _warung, wanted in wishes for pack, _quantity in wanted]
    shops = [warung for warung, _wanted in wishes]
    prices = prices_at([shop.pk for shop in shops], packs) if packs else {}
    there = available_on([shop.pk for shop in shops], [pack.product_id for pack in packs]) if packs else {}
    openings = openings_of(shops)
    found = []
    for warung, wanted in wishes:
        left: dict[int, int] = {}
        lines = []
        for pack, quantity in wanted:
            available, price = there.get((warung.pk, pack.product_id), 0), prices.get((warung.pk, pack.pk))
            rest = left.setdefault(pack.product_id, max(available, 0))
            orderable = min(quantity, rest // pack.base_quantity) if price else 0
            left[pack.product_id] -= orderable * pack.base_quantity
            lines.append(BasketLine(pack, quantity, orderable, available, price, (seen or {}).get(pack.pk)))
        found.append(Basket(warung, openings[warung.pk], tuple(lines)))
    return found


def brought_to(found: Basket, village_code: str, rw: int | None) -> Basket:
    """The same basket with what its delivery there costs."""
    return replace(found, reach=reach_of(found.warung, village_code, rw))


def carts_of(key: UUID | None) -> list[Basket]:
    """Somebody's carts that hold something, the one that was changed last first. Carts of closed warungs are left out."""
    if key is None:
        return []
    rows = CartLine.objects.filter(cart__key=key, cart__warung__in=shown_warungs().order_by())
    rows = rows.select_related("cart__warung", "pack__product").order_by("-cart__changed_at", "-cart", "pk")
    wishes: dict[int, tuple[Warung, list[tuple[Pack, int]]]] = {}
    for line in rows:
        _shop, wanted = wishes.setdefault(line.cart_id, (line.cart.warung, []))
        wanted.append((line.pack, line.quantity))
    return judged(_counted(list(wishes.values())))


def cart_at(key: UUID | None, warung: Warung) -> Basket:
    """Somebody's cart at one warung, perhaps empty."""
    if key is None:
        return Basket(warung, opening_of(warung), ())
    lines = CartLine.objects.filter(cart__key=key, cart__warung=warung).select_related("pack__product")
    return basket(warung, [(line.pack, line.quantity) for line in lines])


def in_carts(key: UUID | None) -> dict[tuple[int, int], int]:
    """How many of a pack lie in somebody's carts, by (warung id, pack id)."""
    if key is None:
        return {}
    rows = CartLine.objects.filter(cart__key=key).values_list("cart__warung", "pack", "quantity")
    return {(warung, pack): quantity for warung, pack, quantity in rows}


def glance(key: UUID | None) -> Glance:
    """All carts of somebody together, in two queries."""
    lines = in_carts(key)
    if not lines:
        return Glance(0, 0)
    prices = WarungPrice.objects.filter(
        warung__in={warung for warung, _pack in lines}, pack__in={pack for _warung, pack in lines}, replaced_at=None
    )
    total = sum(lines.get((price.warung_id, price.pack_id), 0) * price.price for price in prices)
    return Glance(sum(lines.values()), total)


def packs_in_carts(keys: Sequence[UUID]) -> int:
    """How many packs lie in these carts together, for the number beside the basket."""
    return int(value_of(_PACKS, [list(keys)]))


_PACKS = """
    SELECT coalesce(sum(quantity), 0) FROM orders_cartline JOIN orders_cart AS cart ON cart.id = cart_id WHERE cart.key = ANY(%s)
"""
