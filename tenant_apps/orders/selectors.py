"""Orders by who may see them, and as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, When
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenant_apps.accounts.access import Member
from tenant_apps.catalog.models import Product
from tenant_apps.orders.models import (
    COUNTER_STATES,
    Favourite,
    Method,
    Order,
    OrderEvent,
    OrderState,
    Purchase,
    Return,
    ReturnState,
)
from tenant_apps.payments.models import Payment
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import offers_of
from tenant_apps.stock.models import StockLevel
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import Nearby, names_of, nearest, shown_warungs, warungs_of
from tenants.identity.models import User

ENDED_STATES = (OrderState.HANDED_OVER, OrderState.REJECTED, OrderState.CANCELLED, OrderState.CALLED_OFF)
# The board's tabs: name in the address, label, states.
TABS: tuple[tuple[str, str | Promise, tuple[OrderState, ...]], ...] = (
    ("baru", _("New"), (OrderState.PLACED,)),
    ("disiapkan", _("Being prepared"), (OrderState.ACCEPTED, OrderState.PACKED)),
    ("selesai", _("Done"), ENDED_STATES),
)


def order_for(member: Member, number: str) -> Order:
    """The customer's access door. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = orders_of(member.user).filter(number=number).first() if member.is_signed_in else None
    if found is None:
        raise Http404("no such order of theirs")
    return found


def order_of_warung(member: Member, number: str) -> Order:
    """The access door of the owner and the staff of the order's warung. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = Order.objects.select_related("warung").filter(warung__in=warungs_of(member), number=number).first()
    if found is None:
        raise Http404("no such order of their warung")
    return found


def purchase_for(member: Member, number: str) -> Purchase:
    """The customer's access door. Not theirs and not there answer alike.

    Raises:  Http404.
    """
    found = Purchase.objects.filter(customer=member.user, number=number).first() if member.is_signed_in else None
    if found is None:
        raise Http404("no such purchase of theirs")
    return found


def orders_of(user: User) -> QuerySet[Order]:
    """A customer's orders, newest first."""
    return Order.objects.select_related("warung", "purchase").filter(customer=user).order_by("-placed_at", "-pk")


def new_orders_of(member: Member) -> QuerySet[Order]:
    """Orders that wait for this counter's answer."""
    return Order.objects.filter(warung__in=warungs_of(member), state=OrderState.PLACED)


def last_phone_of(user: User) -> str:
    """The number that a customer left with an order, latest first."""
    phones = Order.objects.filter(customer=user).exclude(customer_phone="").order_by("-pk")
    return phones.values_list("customer_phone", flat=True).first() or ""


@dataclass(frozen=True)
class PurchaseRow:
    """One order of a purchase; `payment` where a code still waits for its money."""

    order: Order
    payment: Payment | None


@dataclass(frozen=True)
class PurchaseProgress:
    """How a purchase stands: derived from its orders, whenever somebody looks."""

    rows: list[PurchaseRow]
    state: str
    label: str | Promise
    total: int
    saving: int

    @property
    def is_open(self) -> bool:
        return self.state in ("unpaid", "open")


def progress_of(purchase: Purchase) -> PurchaseProgress:
    """Unpaid while any of its orders waits for money, open while any is under way; then handed over in whole, in part, or not."""
    orders = list(
        purchase.orders.select_related("warung").prefetch_related("lines__packed__replaced_by").order_by("pk")
    )
    waiting = {f"order:{order.number}" for order in orders if order.state == OrderState.UNPAID}
    payments = {one.reference: one for one in Payment.objects.filter(reference__in=waiting)} if waiting else {}
    handed = [order for order in orders if order.state == OrderState.HANDED_OVER]
    alive = [order for order in orders if order.is_open or order.state == OrderState.HANDED_OVER]
    state: str
    label: str | Promise
    if waiting:
        state, label = "unpaid", _("Waiting for your payment")
    elif any(order.is_open for order in orders):
        state, label = "open", _("Under way")
    elif len(handed) == len(orders):
        state, label = "handed_over", _("All received")
    elif handed:
        state, label = "partly", _("Received in part")
    else:
        state, label = "ended", _("Nothing was delivered")
    return PurchaseProgress(
        rows=[PurchaseRow(order, payments.get(order.reference)) for order in orders],
        state=state,
        label=label,
        total=sum(order.due for order in alive),
        saving=sum(line.saving for order in alive for line in order.lines.all()),
    )


@dataclass(frozen=True)
class Tab:
    """A tab of the board."""

    name: str
    label: str | Promise
    count: int
    current: bool


@dataclass(frozen=True)
class Board:
    """The orders of somebody's warungs. `seen` names every open order with its state: the same text, the same board."""

    warungs: list[Warung]
    tabs: list[Tab]
    tab: str
    orders: QuerySet[Order]
    seen: str
    new: dict[str, str]

    @property
    def several(self) -> bool:
        return len(self.warungs) > 1

    def new_since(self, seen: str) -> list[str]:
        """Whose orders came in since the board was shown: names of customers."""
        known = {word.partition(".")[0] for word in seen.split()}
        return [name for number, name in self.new.items() if number not in known]


def board_of(member: Member, wanted: str) -> Board:
    """The board, at the tab that was asked for; an unknown one is the first."""
    warungs = list(warungs_of(member))
    orders = Order.objects.select_related("warung").filter(warung__in=warungs)
    name, _label, states = next((tab for tab in TABS if tab[0] == wanted), TABS[0])
    rows = list(orders.filter(state__in=COUNTER_STATES).order_by("pk").values_list("number", "state", "customer_name"))
    ended = orders.filter(state__in=ENDED_STATES).count()
    tabs = []
    for tab, label, of in TABS:
        count = ended if tab == "selesai" else sum(state in of for _number, state, _name in rows)
        tabs.append(Tab(tab, label, count, tab == name))
    shown = orders.filter(state__in=states).prefetch_related("lines__product", "lines__packed__replaced_by")
    # Who came first is served first; what is done stands with the latest on top.
    shown = shown.order_by("-moved_at", "-pk") if name == "selesai" else shown.order_by("placed_at", "pk")
    seen = " ".join([*(f"{number}.{state}" for number, state, _name in rows), str(ended)])
    new = {number: customer for number, state, customer in rows if state == OrderState.PLACED}
    return Board(warungs, tabs, name, shown, seen, new)


# A longer list to choose from helps nobody who packs.
MOST_STAND_INS = 300


def stand_ins_of(order: Order) -> list[WarungPrice]:
    """What the warung sells and has, and what is not part of the order yet: it may come instead of something."""
    there = StockLevel.objects.filter(
        location__warung=order.warung_id,
        product=OuterRef("pack__product"),
        on_hand__gte=F("reserved") + OuterRef("pack__base_quantity"),
    )
    offers = offers_of(order.warung).exclude(pack__in=order.lines.values("pack")).filter(Exists(there))
    return list(offers.order_by("pack__product__name", "pack__order", "pk")[:MOST_STAND_INS])


@dataclass(frozen=True)
class TimelineRow:
    """A step of an order as its customer sees it; `state` is one of the timeline component's."""

    title: str | Promise
    state: str
    at: datetime | None = None
    reason: str = ""
    # The reason is what happened, not why.
    beside: bool = False


# What happens to an order without another state.
BESIDES: dict[str, str | Promise] = {
    "replace": _("Something else comes instead"),
    "agree": _("The warung noted that you agree to more"),
}


def timeline_of(order: Order) -> list[TimelineRow]:
    """What happened, what happens now, and what is still to come."""
    delivery = order.method == Method.DELIVERY
    titles: dict[str, str | Promise] = {
        OrderState.PLACED: _("Order sent to the warung"),
        OrderState.ACCEPTED: _("The warung prepares your goods"),
        OrderState.PACKED: _("Packed, and on its way to you") if delivery else _("Ready to be picked up"),
        OrderState.HANDED_OVER: _("Received and paid"),
        OrderState.REJECTED: _("The warung cannot fill this order"),
        OrderState.CANCELLED: _("You cancelled this order"),
        OrderState.CALLED_OFF: _("The warung had to call this order off"),
        OrderState.UNPAID: _("Ordered, to be paid by QRIS"),
        OrderState.EXPIRED: _("Not paid in time"),
    }
    failed = (OrderState.REJECTED, OrderState.CANCELLED, OrderState.CALLED_OFF, OrderState.EXPIRED)
    rows = [
        TimelineRow(
            BESIDES.get(event.move) or titles[event.after],
            "failed" if event.after in failed else "done",
            event.at,
            event.reason,
            event.move in BESIDES,
        )
        for event in order.events.all()
    ]
    path = [OrderState.UNPAID, OrderState.PLACED, OrderState.ACCEPTED, OrderState.PACKED, OrderState.HANDED_OVER]
    if order.is_open:
        coming = path[path.index(OrderState(order.state)) + 1 :]
        waits: dict[str, str | Promise] = {
            OrderState.PLACED: _("We wait for your payment"),
            OrderState.ACCEPTED: _("The warung looks at your order"),
            OrderState.PACKED: titles[OrderState.PACKED],
            OrderState.HANDED_OVER: titles[OrderState.HANDED_OVER],
        }
        rows.append(TimelineRow(waits[coming[0]], "running"))
        rows += [TimelineRow(titles[state], "waiting") for state in coming[1:]]
    return rows


STEP_WORDS: dict[str, str | Promise] = {
    "place": _("Ordered"),
    "pay": _("Paid"),
    "expire": _("Not paid in time"),
    "accept": _("Accepted"),
    "pack": _("Packed up"),
    "hand_over": _("Handed over, cash taken"),
    "reject": _("Rejected"),
    "cancel": _("Cancelled by the customer"),
    "call_off": _("Called off"),
    "replace": _("Something else put in instead"),
    "agree": _("The customer agreed to more"),
}


def history_of(order: Order) -> list[tuple[str | Promise, OrderEvent, str]]:
    """The history in words, with the names of those who did it; no name for the system."""
    events = list(order.events.all())
    names = names_of(event.by for event in events)
    return [(STEP_WORDS[event.move], event, names.get(event.by, "")) for event in events]


def returns_at(member: Member) -> QuerySet[Return]:
    """Returns to this person's warungs: those that wait first, then the latest."""
    rows = Return.objects.filter(order__warung__in=warungs_of(member)).select_related("order__warung")
    waits = Case(When(state=ReturnState.ASKED, then=0), default=1)
    return rows.prefetch_related("lines__line").order_by(waits, "-pk")


def return_of_warung(member: Member, number: str) -> Return:
    """The access door of the warung that decides.

    Raises:  Http404.
    """
    found = returns_at(member).filter(number=number).first()
    if found is None:
        raise Http404("no such return to their warung")
    return found


@dataclass(frozen=True)
class Favourites:
    """What somebody marked, the latest first; what is no longer shown or traded is left out."""

    warungs: list[Nearby]
    products: list[Product]

    def __bool__(self) -> bool:
        return bool(self.warungs or self.products)


def favourites_of(user: User) -> Favourites:
    """The favourites of a person, in a number of queries that does not grow with them."""
    rows = list(Favourite.objects.filter(user=user).values_list("warung", "product"))
    near = nearest(
        None, shown_warungs().filter(pk__in=[warung for warung, _product in rows if warung]), limit=len(rows)
    )
    products = Product.objects.filter(is_active=True).select_related("category")
    by_pk = products.in_bulk([product for _warung, product in rows if product])
    return Favourites(near, [by_pk[product] for _warung, product in rows if product in by_pk])


def likes(user: User, thing: Warung | Product) -> bool:
    """Whether it stands among their favourites."""
    rows = Favourite.objects.filter(user=user)
    return (rows.filter(warung=thing) if isinstance(thing, Warung) else rows.filter(product=thing)).exists()


def often_bought(user: User, limit: int = 8) -> list[Product]:
    """Products that this person ordered most often and has not marked yet."""
    marked = Favourite.objects.filter(user=user, product__isnull=False).values("product")
    rows = Product.objects.filter(is_active=True, order_lines__order__customer=user).exclude(pk__in=marked)
    return list(rows.annotate(times=Count("order_lines")).order_by("-times", "name")[:limit])
