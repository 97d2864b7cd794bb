"""Requests and receipts by who may see them, and what the numbers say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet, Sum
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Member, Role
from tenant_apps.catalog.models import Pack, Use
from tenant_apps.pricing.models import WholesalePrice
from tenant_apps.pricing.selectors import wholesale_offers
from tenant_apps.procurement.models import (
    CAME_TO_NOTHING,
    OPEN_STATES,
    GoodsReceipt,
    RestockEvent,
    RestockLine,
    RestockRequest,
    RestockState,
)
from tenant_apps.satker.models import Satker
from tenant_apps.stock.models import StockLevel, StockMovement
from tenant_apps.stock.selectors import available_at
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import warungs_of
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.uuids import uuid_or_none

# How far back sales are looked at, and for how long goods should last.
SALES_DAYS = 14
# Less than this part of what left in SALES_DAYS is low: 1/2 is a week's worth.
LOW_PART = 2


def restock_for(member: Member, number: str) -> RestockRequest:
    """The access door: the owner and the staff of its warung, and every officer of the Satker. Others: not there.

    Raises:  Http404.
    """
    rows = _with_sides()
    if Role.SATKER not in member.roles:
        rows = rows.filter(warung__in=warungs_of(member))
    return _found(rows, number)


def own_restock_for(member: Member, number: str) -> RestockRequest:
    """The access door of the warung's side alone, for what only it may do.

    Raises:  Http404.
    """
    return _found(_with_sides().filter(warung__in=warungs_of(member)), number)


def receipt_for(member: Member, number: str) -> GoodsReceipt:
    """The access door of goods receipts: officers of the Satker.

    Raises:  Http404.
    """
    found = None
    if Role.SATKER in member.roles:
        found = GoodsReceipt.objects.select_related("satker").filter(number=number).first()
    if found is None:
        raise Http404("no such receipt")
    return found


def requests_of(warung: Warung) -> QuerySet[RestockRequest]:
    """The warung's requests, newest first, each with its number of lines."""
    rows = RestockRequest.objects.filter(warung=warung).annotate(line_count=Count("lines"))
    return rows.order_by("-asked_at", "-pk")


@dataclass(frozen=True)
class Tab:
    """A part of the Satker's queue. `waits` where somebody still has something to do, so that its number is shown."""

    name: str
    label: str | Promise
    states: tuple[RestockState, ...]
    waits: bool = False


TABS = (
    *(Tab(state.value, state.label, (state,), waits=True) for state in OPEN_STATES),
    Tab(RestockState.RECEIVED.value, RestockState.RECEIVED.label, (RestockState.RECEIVED,)),
    Tab("ended", _("came to nothing"), CAME_TO_NOTHING),
    Tab("all", _("all"), tuple(RestockState)),
)


def tab_called(name: str) -> Tab:
    """The tab of this name, or else the first."""
    return next((tab for tab in TABS if tab.name == name), TABS[0])


def requests_at_satker(tab: Tab, text: str = "") -> QuerySet[RestockRequest]:
    """The tab's requests, newest first; those that wait oldest first. `text`: number, warung or product."""
    rows = _with_sides().filter(state__in=tab.states)
    for word in text.split()[:6]:
        rows = rows.filter(
            Q(number__iexact=word)
            | Q(warung__name__icontains=word)
            | Q(pk__in=RestockLine.objects.filter(product_name__icontains=word).values("request_id"))
        )
    rows = rows.annotate(line_count=Count("lines"))
    return rows.order_by("asked_at", "pk") if tab.waits else rows.order_by("-asked_at", "-pk")


def counts_by_tab() -> dict[str, int]:
    """How many requests are in each tab."""
    found = dict(RestockRequest.objects.order_by().values_list("state").annotate(Count("pk")))
    return {tab.name: sum(found.get(state, 0) for state in tab.states) for tab in TABS}


def waiting_for_satker() -> int:
    """How many requests wait for an answer."""
    return RestockRequest.objects.filter(state=RestockState.SUBMITTED).count()


@dataclass(frozen=True)
class EventLine:
    """One step of a request, with the name of who took it (empty for a machine)."""

    event: RestockEvent
    name: str


def history_of(request: RestockRequest) -> list[EventLine]:
    """Its steps, oldest first, with names. Two queries."""
    events = list(request.history.all())
    names = names_of(event.by for event in events)
    return [EventLine(event, names.get(event.by, "")) for event in events]


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """Names by actor ("user:<uuid>"), in one query."""
    ids = {uuid for actor in actors if (uuid := uuid_or_none(actor.removeprefix("user:"))) is not None}
    return {user.actor: str(user) for user in User.objects.filter(public_id__in=ids)}


@dataclass(frozen=True)
class Offer:
    """What the Satker asks for a buying pack, and how many packs of it are free there."""

    price: WholesalePrice
    packs_free: int

    @property
    def pack(self) -> Pack:
        return self.price.pack


def offers(satker: Satker) -> list[Offer]:
    """Buying packs that the Satker sells now, by product name. Two queries, however many there are."""
    prices = list(wholesale_offers(satker).filter(pack__use=Use.BUY))
    free = free_at_satker(satker, [price.pack.product_id for price in prices])
    return [Offer(price, free[price.pack.product_id] // price.pack.base_quantity) for price in prices]


def free_at_satker(satker: Satker, product_ids: Iterable[int]) -> dict[int, int]:
    """Base units that the Satker may still promise, by product id; 0 where it has none."""
    wanted = set(product_ids)
    found = {level.product_id: level.available for level in _levels(satker).filter(product_id__in=wanted)}
    return {product: found.get(product, 0) for product in wanted}


@dataclass(frozen=True)
class Suggestion:
    """A product that will not last the week: what is left and what left it lately, in base units."""

    offer: Offer
    left: int
    sold: int
    coming: int
    packs: int


def suggestions_for(warung: Warung, offered: Iterable[Offer], *, limit: int = 12) -> list[Suggestion]:
    """Products that are low on the shelf against what left it in the last 14 days, as packs that the Satker sells.

    What is still to come counts as there. The pack is the one that was asked for last, and products of the last restock
    come first; then those that run out soonest. `packs` lasts for 14 days.
    """
    sold = _left_lately(warung)
    by_product: dict[int, list[Offer]] = defaultdict(list)
    for offer in offered:
        by_product[offer.pack.product_id].append(offer)
    wanted = sold.keys() & by_product.keys()
    left, coming, last = available_at(warung, wanted), _coming(warung), _last_packs(warung)
    found = []
    for product in wanted:
        there = left[product] + coming.get(product, 0)
        if there * LOW_PART >= sold[product]:
            continue
        offer = next((one for one in by_product[product] if one.pack.pk in last), by_product[product][0])
        packs = -(-(sold[product] - there) // offer.pack.base_quantity)
        found.append(Suggestion(offer, left[product], sold[product], coming.get(product, 0), packs))
    products_of_last = set(last.values())
    found.sort(
        key=lambda one: (
            one.offer.pack.product_id not in products_of_last,
            (one.left + one.coming) / one.sold,
            one.offer.pack.product.name,
        )
    )
    return found[:limit]


@dataclass(frozen=True)
class Need:
    """What all open requests need of one product together, in base units, beside what the Satker has."""

    product_id: int
    name: str
    base_unit: str
    asked: int
    promised: int
    on_hand: int
    free: int
    requests: int

    @property
    def missing(self) -> int:
        """What has to be bought so that everything that waits can be filled."""
        return max(self.asked - self.free, 0)


def needs(satker: Satker, *, text: str = "") -> list[Need]:
    """By product: asked for and not answered, promised and not received, and the Satker's stock. What is missing first."""
    base = F("base_quantity")
    rows = (
        RestockLine.objects.filter(request__state__in=OPEN_STATES)
        .order_by()
        .values("product_id", "product__name", "product__base_unit")
        .annotate(
            asked=Sum(F("quantity_asked") * base, filter=Q(request__state=RestockState.SUBMITTED), default=0),
            promised=Sum(F("quantity_accepted") * base, filter=~Q(request__state=RestockState.SUBMITTED), default=0),
            requests=Count("request", distinct=True),
        )
    )
    for word in text.split()[:6]:
        rows = rows.filter(product__name__icontains=word)
    found = list(rows)
    levels = {level.product_id: level for level in _levels(satker)}
    result = []
    for row in found:
        level = levels.get(row["product_id"])
        result.append(
            Need(
                row["product_id"],
                row["product__name"],
                row["product__base_unit"],
                row["asked"],
                row["promised"],
                level.on_hand if level else 0,
                level.available if level else 0,
                row["requests"],
            )
        )
    result.sort(key=lambda need: (need.missing == 0, need.name))
    return result


def receipts(*, text: str = "") -> QuerySet[GoodsReceipt]:
    """Goods receipts, newest first. `text`: number, supplier or the supplier's own number."""
    rows = GoodsReceipt.objects.annotate(line_count=Count("lines"))
    for word in text.split()[:6]:
        rows = rows.filter(Q(number__iexact=word) | Q(supplier__icontains=word) | Q(supplier_reference__icontains=word))
    return rows.order_by("-received_on", "-pk")


def suppliers(limit: int = 40) -> list[str]:
    """Names that receipts have, to be offered while writing."""
    return list(GoodsReceipt.objects.order_by("supplier").values_list("supplier", flat=True).distinct()[:limit])


def buying_packs() -> QuerySet[Pack]:
    """Packs in which goods are bought, of products that are traded, by product name."""
    return (
        Pack.objects.select_related("product")
        .filter(use=Use.BUY, product__is_active=True)
        .order_by("product__name", "order", "pk")
    )


def _with_sides() -> QuerySet[RestockRequest]:
    return RestockRequest.objects.select_related("warung", "satker")


def _found(rows: QuerySet[RestockRequest], number: str) -> RestockRequest:
    found = rows.filter(number=number).first()
    if found is None:
        raise Http404("no such request of theirs")
    return found


def _levels(satker: Satker) -> QuerySet[StockLevel]:
    return StockLevel.objects.filter(location__satker=satker)


def _left_lately(warung: Warung) -> dict[int, int]:
    """Base units that left the shelf, by product id."""
    since = clock.now() - timedelta(days=SALES_DAYS)
    rows = StockMovement.objects.filter(location__warung=warung, at__gte=since, delta_on_hand__lt=0).order_by()
    return {product: -gone for product, gone in rows.values_list("product_id").annotate(Sum("delta_on_hand"))}


def _coming(warung: Warung) -> dict[int, int]:
    """Base units that the warung has asked for and not received yet, by product id."""
    rows = RestockLine.objects.filter(request__warung=warung, request__state__in=OPEN_STATES).order_by()
    waiting = Q(request__state=RestockState.SUBMITTED)
    base = F("base_quantity")
    return {
        product: asked + promised
        for product, asked, promised in rows.values_list("product_id").annotate(
            asked=Sum(F("quantity_asked") * base, filter=waiting, default=0),
            promised=Sum(F("quantity_accepted") * base, filter=~waiting, default=0),
        )
    }


def _last_packs(warung: Warung) -> dict[int, int]:
    """Product id by pack id of the warung's last restock that was not refused."""
    last = (
        RestockRequest.objects.filter(warung=warung)
        .exclude(state__in=CAME_TO_NOTHING)
        .order_by("-asked_at", "-pk")
        .first()
    )
    return dict(last.lines.values_list("pack_id", "product_id")) if last else {}
