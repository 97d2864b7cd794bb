"""Trips by who may see them, and what is on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404

from tenant_apps.accounts.access import Member, Role
from tenant_apps.fresh_buying.models import (
    MarketTrip,
    PreOrder,
    PreOrderLine,
    PreOrderState,
    StallPurchase,
    TripLine,
    TripState,
)
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User


def trips(wanted: str = "", state: str = "") -> QuerySet[MarketTrip]:
    """All trips, newest day first; with a word, those whose number, buyer, market or product holds it."""
    rows = MarketTrip.objects.select_related("stand", "buyer").annotate(
        kinds=Count("lines", distinct=True), people=Count("preorders", distinct=True)
    )
    if state in TripState.values:
        rows = rows.filter(state=state)
    if wanted:
        names = TripLine.objects.filter(product_name__icontains=wanted).values("trip")
        rows = rows.filter(
            Q(number__iexact=wanted) | Q(buyer__name__icontains=wanted) | Q(market__icontains=wanted) | Q(pk__in=names)
        )
    return rows.order_by("-for_day", "-pk")


@dataclass(frozen=True)
class WaitingDay:
    """Pre-orders of a day that nobody went to the market for."""

    stand: Warung
    day: date
    preorders: int
    total: int


def waiting_days() -> list[WaitingDay]:
    """Days with pre-orders before their cut-off, nearest first. Two queries."""
    rows = list(
        PreOrder.objects.filter(state=PreOrderState.PLACED)
        .order_by("for_day", "stand")
        .values("for_day", "stand")
        .annotate(count=Count("pk"), goods=Sum("goods_total"))
    )
    stands = Warung.objects.in_bulk({row["stand"] for row in rows})
    return [WaitingDay(stands[row["stand"]], row["for_day"], row["count"], row["goods"]) for row in rows]


def trips_to_tend() -> int:
    """How many trips wait for the Satker: to be started, weighed in, shared out or settled."""
    return MarketTrip.objects.exclude(state__in=[TripState.SETTLED, TripState.CANCELLED]).count()


def trip_for_satker(number: str) -> MarketTrip:
    """Raises Http404."""
    return _there(MarketTrip.objects.filter(number=number))


def trip_for_buyer(member: Member, number: str) -> MarketTrip:
    """The door of the buyer, and of the people of the Satker. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    rows = MarketTrip.objects.filter(number=number)
    if Role.SATKER not in member.roles:
        rows = rows.filter(buyer=member.user)
    return _there(rows)


def trips_of_buyer(member: Member) -> QuerySet[MarketTrip]:
    """Where somebody is at the market now."""
    return MarketTrip.objects.filter(buyer=member.user, state=TripState.BUYING).order_by("for_day", "pk")


def line_of(trip: MarketTrip, pk: int | None) -> TripLine:
    """Raises Http404."""
    found = TripLine.objects.select_related("trip").filter(trip=trip, pk=pk).first() if pk else None
    if found is None:
        raise Http404("no such line")
    return found


def purchase_of(trip: MarketTrip, public_id: UUID | None) -> StallPurchase:
    """Raises Http404."""
    rows = StallPurchase.objects.select_related("line__trip")
    found = rows.filter(line__trip=trip, public_id=public_id, drops=None).first() if public_id else None
    if found is None:
        raise Http404("no such purchase")
    return found


def purchase_with_photo(public_id: UUID) -> StallPurchase:
    """Raises Http404."""
    found = StallPurchase.objects.filter(public_id=public_id).exclude(photo="").select_related("line__trip").first()
    if found is None:
        raise Http404("no such photo")
    return found


@dataclass(frozen=True)
class LineAtMarket:
    """A line as the buyer sees it: what is bought so far, by which purchases."""

    line: TripLine
    bought: int
    paid: int
    purchases: Sequence[StallPurchase]

    @property
    def left(self) -> int:
        return max(self.line.wanted - self.bought, 0)

    @property
    def is_done(self) -> bool:
        return self.line.absent or self.bought >= self.line.wanted

    @property
    def price(self) -> int | None:
        """What `per_quantity` cost so far, rounded down."""
        return self.paid * self.line.per_quantity // self.bought if self.bought else None


def lines_at_market(trip: MarketTrip) -> list[LineAtMarket]:
    """The list, by section; what was taken back shows no more. Two queries."""
    by_line: dict[int, list[StallPurchase]] = {}
    rows = StallPurchase.objects.filter(line__trip=trip, drops=None, dropped_by=None).order_by("pk")
    for one in rows:
        by_line.setdefault(one.line_id, []).append(one)
    return [
        LineAtMarket(line, sum(one.quantity for one in mine), sum(one.paid for one in mine), mine)
        for line in trip.lines.all()
        for mine in [by_line.get(line.pk, [])]
    ]


def may_buy(user: User, stand: Warung) -> bool:
    """Whether this person may buy for the stand: people of the Satker, and who helps at the stand."""
    return buyers_of(stand).filter(pk=user.pk).exists()


def buyers_of(stand: Warung) -> QuerySet[User]:
    """Who may be sent to the market, by name."""
    rows = User.objects.filter(is_active=True)
    theirs = Q(role_grants__role=Role.SATKER) | Q(pk__in=stand.staff.values("user"))
    return rows.filter(theirs).distinct().order_by("name", "pk")


def buyer_called(stand: Warung, public_id: UUID | None) -> User | None:
    return buyers_of(stand).filter(public_id=public_id).first() if public_id else None


@dataclass(frozen=True)
class Stop:
    """Pre-orders that are handed over together: of one delivery time and kelurahan, or picked up."""

    preorders: Sequence[PreOrder]

    @property
    def first(self) -> PreOrder:
        return self.preorders[0]


def picking_list(trip: MarketTrip) -> list[Stop]:
    """What goes where, in the order of the ways: by delivery time, then kelurahan, RW and RT; pick-ups last. Two queries."""
    rows = (
        PreOrder.objects.filter(trip=trip, state__in=[PreOrderState.READY, PreOrderState.HANDED_OVER])
        .select_related("for_warung")
        .prefetch_related("lines")
    )
    order = ("method", F("due_from").asc(nulls_last=True), "village_name", "rw", "rt", "pk")
    stops: dict[tuple[object, ...], list[PreOrder]] = {}
    for one in rows.order_by(*order):
        stops.setdefault((one.method, one.due_from, one.village_name), []).append(one)
    return [Stop(mine) for mine in stops.values()]


def preorders_of(trip: MarketTrip) -> QuerySet[PreOrder]:
    """The trip's pre-orders, as the Satker lists them."""
    return PreOrder.objects.filter(trip=trip).select_related("for_warung").order_by("pk")


@dataclass(frozen=True)
class ProductOverTime:
    """A product on its last trips, oldest first."""

    name: str
    public_id: UUID
    base_unit: str
    per_quantity: int
    lines: Sequence[TripLine]

    @property
    def prices(self) -> list[int]:
        return [price for line in self.lines if (price := line.landed_price) is not None]

    @property
    def bought(self) -> int:
        return sum(line.bought or 0 for line in self.lines)

    @property
    def gone(self) -> int:
        """Lost on the way and at the stand."""
        return sum(line.lost_on_the_way + line.shrunk for line in self.lines)

    @property
    def gone_permille(self) -> int:
        return self.gone * 1_000 // self.bought if self.bought else 0


def products_over_time(trips_back: int = 30) -> list[ProductOverTime]:
    """What was bought on the last trips: price and shrink of each product. Two queries."""
    last = list(
        MarketTrip.objects.filter(state__in=[TripState.BACK, TripState.DISTRIBUTED, TripState.SETTLED])
        .order_by("-for_day", "-pk")
        .values_list("pk", flat=True)[:trips_back]
    )
    rows = TripLine.objects.filter(trip__in=last, bought__gt=0).select_related("product", "trip")
    found: dict[int, list[TripLine]] = {}
    for line in rows.order_by("product_name", "trip__for_day", "pk"):
        found.setdefault(line.product_id, []).append(line)
    return [
        ProductOverTime(
            mine[-1].product_name, mine[-1].product.public_id, mine[-1].base_unit, mine[-1].per_quantity, mine
        )
        for mine in found.values()
    ]


def still_to_hand_over(trip: MarketTrip) -> int:
    return PreOrder.objects.filter(trip=trip, state=PreOrderState.READY).count()


def ordered_lines(preorder: PreOrder) -> list[PreOrderLine]:
    return list(preorder.lines.select_related("product").order_by("pk"))


def _there(rows: QuerySet[MarketTrip]) -> MarketTrip:
    found = rows.select_related("stand", "satker", "buyer").first()
    if found is None:
        raise Http404("no such trip")
    return found
