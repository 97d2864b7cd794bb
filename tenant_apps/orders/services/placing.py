"""Placing an order: the last tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.orders.errors import (
    AddressMissing,
    BadLine,
    BasketMoved,
    BelowMinimum,
    EmptyBasket,
    FeeMoved,
    NotOffered,
    PriceMoved,
    PurchaseMoved,
    TooManyUnpaid,
    Withdrawn,
)
from tenant_apps.orders.models import MOST_OF_A_PACK, Method, Order, OrderEvent, OrderLine, OrderState, Purchase
from tenant_apps.orders.services.carting import MOST_LINES, empty_cart
from tenant_apps.orders.services.delivering import When, agreed_reach, agreed_when
from tenant_apps.orders.services.telling import tell_placed
from tenant_apps.payments.errors import NoWayToPay
from tenant_apps.payments.models import Method as Pay
from tenant_apps.payments.services import open_payment, takes
from tenant_apps.payments.sources import Agreed
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import prices_in_force
from tenant_apps.stock.errors import Shortage, StockShort
from tenant_apps.stock.models import StockLocation
from tenant_apps.stock.selectors import available_at
from tenant_apps.stock.services import MOST as MOST_BASE_UNITS
from tenant_apps.stock.services import Line, reserve, shelves_of
from tenant_apps.warungs.delivering import Reach
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.selectors import opening_of, village_choices
from tenants.activity import note_activity
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered

# Purchases of one person that may wait for their money at the same time.
MOST_UNPAID = 3


@dataclass(frozen=True)
class SeenLine:
    """What the customer saw and wants: so many of a pack, each at this price in rupiah.

    `may_replace`: something else that costs no more will do.
    """

    pack_id: int
    quantity: int
    price: int
    may_replace: bool = False
    note: str = ""


@dataclass(frozen=True)
class Address:
    """Where an order goes. `village_code` is one of the region's."""

    village_code: str
    street: str
    rw: int | None = None
    rt: int | None = None


@dataclass(frozen=True)
class Shopping:
    """What is ordered at one warung. `fee` is the delivery fee that the customer saw, in rupiah; `when` the chosen time."""

    warung: Warung
    lines: Sequence[SeenLine]
    method: Method
    fee: int = 0
    note: str = ""
    when: When | None = None


def place_order(
    *,
    customer: User,
    warung: Warung,
    key: UUID,
    lines: Sequence[SeenLine],
    method: Method,
    name: str,
    phone: str,
    by: str,
    address: Address | None = None,
    fee: int = 0,
    note: str = "",
    pay: Pay = Pay.CASH,
    when: When | None = None,
    agreed: Agreed | None = None,
) -> Order:
    """A purchase at one warung; see `place_purchase`. The same key finds the same order.

    Raises:  what that warung refuses: BasketMoved naming every line that no longer is as it was seen; WarungClosed;
             NotOffered; TimeGone; AddressMissing, each with such lines as `moved` in its context; and as `place_purchase`.
    """
    shopping = Shopping(warung, lines, method, fee, note, when)
    try:
        return _placed([shopping], _Customer(customer, name.strip(), phone.strip(), address, pay, by, agreed), key)[1][
            0
        ]
    except PurchaseMoved as moved:
        raise moved.shops[warung.pk] from None


def place_purchase(
    *,
    customer: User,
    key: UUID,
    shops: Sequence[Shopping],
    name: str,
    phone: str,
    by: str,
    address: Address | None = None,
    pay: Pay = Pay.CASH,
    agreed: Agreed | None = None,
) -> Purchase:
    """Every warung of it has its order, and the goods are promised; or nobody has any. The same key finds the same purchase.

    `agreed`: with Pay.BALANCE, what all of it costs comes from that purse into the balance first, in the same transaction.

    States:  nothing -> PLACED; nothing -> UNPAID where a QRIS code waits for its money.
    Raises:  PurchaseMoved with the refusals of all warungs; EmptyBasket, BadLine; TooManyUnpaid; Overdrawn; what the purse
             refuses. Then nothing has changed.
    Writes:  purchase, orders, lines, history, payments; stock is reserved; the carts are emptied; outbox to owners and customer.
    """
    return _placed(shops, _Customer(customer, name.strip(), phone.strip(), address, pay, by, agreed), key)[0]


def _placed(shops: Sequence[Shopping], who: _Customer, key: UUID) -> tuple[Purchase, list[Order]]:
    """The purchase with its orders, those of the first tap as they are now."""
    if not shops or len({shop.warung.pk for shop in shops}) != len(shops):
        raise EmptyBasket(_("Your cart is empty."))
    for shop in shops:
        _must_be_lines(shop.lines)
    customer = who.user
    if who.agreed is not None and who.pay != Pay.BALANCE:
        raise ValueError("a purse pays by way of the balance")
    with transaction.atomic():
        # The customer's own row is the lock of their taps: the second tap waits here and finds what the first one placed.
        User.objects.select_for_update(no_key=True).values_list("pk", flat=True).get(pk=customer.pk)
        before = Purchase.objects.filter(customer=customer, key=key).first()
        if before is not None:
            return before, list(before.orders.all())
        if who.pay == Pay.QRIS:
            _must_pay_first(customer)
        purchase = save_numbered(Purchase(customer=customer, key=key, placed_at=clock.now()))
        refusals: dict[int, DomainError] = {}
        placed: list[Order] = []
        # Stock is locked from one shelf to the next in the order in which everybody locks it; the warungs are as they are
        # now, whatever the page showed.
        shelves = shelves_of([shop.warung for shop in shops])
        for shelf, shop in sorted(((shelves[shop.warung.pk], shop) for shop in shops), key=lambda pair: pair[0].pk):
            order_key = key if len(shops) == 1 else uuid5(key, str(shelf.pk))
            try:
                placed.append(_place_at(shop, shelf, who, purchase, order_key))
            except DomainError as refusal:
                refusals[shop.warung.pk] = refusal
        if refusals:
            raise PurchaseMoved(_moved_text(), shops=refusals)
        if who.agreed is not None:
            who.agreed.bring_to_balance(
                user=customer,
                amount=sum(order.total for order in placed),
                key=uuid5(customer.public_id, f"purchase:{key}"),
                text=_("Savings for purchase %(number)s") % {"number": purchase.number},
                by=who.by,
            )
        for order in placed:
            open_payment(
                reference=order.reference,
                payer=customer,
                warung=order.warung,
                method=who.pay,
                amount=order.total,
                expires_at=None,
                by=who.by,
            )
            empty_cart(key=customer.public_id, warung=order.warung)
        tell_placed([order for order in placed if order.state == OrderState.PLACED])
        note_activity()
    return purchase, placed


@dataclass(frozen=True)
class _Customer:
    """Who orders, and what holds for all their warungs."""

    user: User
    name: str
    phone: str
    address: Address | None
    pay: Pay
    by: str
    agreed: Agreed | None = None


def _place_at(shop: Shopping, shelf: StockLocation, who: _Customer, purchase: Purchase, key: UUID) -> Order:
    """One warung's order, with its stock promised."""
    warung = shelf.warung
    assert warung is not None
    try:
        _must_be_open(warung)
        _must_offer(warung, shop.method)
        if not takes(warung, who.pay, who.user):
            raise NoWayToPay(
                _("%(warung)s does not take this way of paying. Choose another one.") % {"warung": warung.name}
            )
        to = _checked_address(shop.method, who.address)
        reach = _reach(warung, shop, who, to)
        to |= agreed_when(warung, shop.method, shop.when)
    except DomainError as refusal:
        # A closed door hides nothing of what changed behind it.
        if moved := _moved_lines(warung, shop.lines):
            refusal.context["moved"] = moved
        raise
    prices = _agreed_prices(warung, shop, reach)
    goods_total = sum(line.quantity * prices[line.pack_id].price for line in shop.lines)
    fee = shop.fee if shop.method == Method.DELIVERY else 0
    state = OrderState.UNPAID if who.pay == Pay.QRIS else OrderState.PLACED
    # No savepoint of its own: a refusal of one warung takes back what all of them wrote.
    order = save_numbered(
        Order(
            customer=who.user,
            warung=warung,
            purchase=purchase,
            key=key,
            state=state,
            pay=who.pay,
            method=shop.method,
            customer_name=who.name,
            customer_phone=who.phone,
            note=shop.note.strip(),
            goods_total=goods_total,
            delivery_fee=fee,
            total=goods_total + fee,
            placed_at=purchase.placed_at,
            moved_at=purchase.placed_at,
            **to,
        )
    )
    _promise(order, shelf, shop.lines, prices, who.by)
    OrderLine.objects.bulk_create([_line(order, line, prices[line.pack_id]) for line in shop.lines])
    OrderEvent.objects.create(order=order, move="place", after=state, by=who.by, at=purchase.placed_at)
    return order


def _must_be_lines(lines: Sequence[SeenLine]) -> None:
    if not lines:
        raise EmptyBasket(_("Your cart is empty."))
    packs = {line.pack_id for line in lines}
    if len(lines) > MOST_LINES:
        raise BadLine(_("An order has at most %(most)s lines. Take something out of the cart.") % {"most": MOST_LINES})
    if len(packs) != len(lines):
        raise BadLine(_("This cart cannot be ordered as it is. Look at it again."))
    if not all(1 <= line.quantity <= MOST_OF_A_PACK for line in lines):
        raise BadLine(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})


def _must_pay_first(customer: User) -> None:
    """Goods that wait for money are nobody else's: a few purchases may, and then they are paid or cancelled first."""
    waiting = Order.objects.filter(customer=customer, state=OrderState.UNPAID).aggregate(
        n=Count("purchase", distinct=True)
    )
    if waiting["n"] >= MOST_UNPAID:
        raise TooManyUnpaid(
            _(
                "%(count)s purchases of yours wait for their money already. Pay or cancel one of them, or choose another way to pay."
            )
            % {"count": waiting["n"]}
        )


def _must_be_open(warung: Warung) -> None:
    state = opening_of(warung)
    if state.is_open:
        return
    if warung.state == WarungState.OPEN and state.changes_at:
        raise WarungClosed(
            _("%(warung)s is closed now. Your cart is kept; order when it opens.") % {"warung": warung.name},
            opens_at=state.changes_at,
        )
    raise WarungClosed(
        _("%(warung)s takes no orders at the moment. Your cart is kept.") % {"warung": warung.name}, opens_at=None
    )


def _must_offer(warung: Warung, method: Method) -> None:
    if not (warung.delivers if method == Method.DELIVERY else warung.pickup):
        raise NotOffered(_("%(warung)s no longer offers this way. Choose the other one.") % {"warung": warung.name})


def _reach(warung: Warung, shop: Shopping, who: _Customer, to: dict[str, Any]) -> Reach | None:
    """What bringing it costs now; None for a pick-up."""
    if shop.method == Method.PICKUP or who.address is None:
        return None
    return agreed_reach(warung, who.address.village_code, to["village_name"], who.address.rw)


def _checked_address(method: Method, address: Address | None) -> dict[str, Any]:
    """The order's columns for where it goes."""
    if method == Method.PICKUP:
        return {}
    villages = dict(village_choices())
    if address is None or address.village_code not in villages or not address.street.strip():
        raise AddressMissing(_("Write down where to bring it: kelurahan, street and number."))
    return {
        "village_name": villages[address.village_code],
        "rw": address.rw,
        "rt": address.rt if address.rw else None,
        "address": address.street.strip(),
    }


def _agreed_prices(warung: Warung, shop: Shopping, reach: Reach | None) -> dict[int, WarungPrice]:
    """The prices in force, which are those that the customer saw.

    Raises:  BasketMoved with everything that differs, what is short or below the minimum included.
    """
    lines = shop.lines
    prices = prices_in_force(warung, [line.pack_id for line in lines])
    moved, gone = _other_prices(lines, prices)
    other_fee, below = None, None
    if reach is not None:
        goods = sum(line.quantity * prices[line.pack_id].price for line in lines if line.pack_id in prices)
        other_fee = FeeMoved(shop.fee, reach.fee) if shop.fee != reach.fee else None
        below = BelowMinimum(reach.minimum, goods) if goods < reach.minimum else None
    if moved or gone or other_fee or below:
        raise BasketMoved(
            _moved_text() if moved or gone or other_fee or not below else _minimum_text(warung, below),
            prices=moved,
            withdrawn=gone,
            shortages=_shortages(warung, lines, prices),
            fee=other_fee,
            minimum=below,
        )
    return prices


def _moved_lines(warung: Warung, lines: Sequence[SeenLine]) -> BasketMoved | None:
    """What differs from what the customer saw, line by line; None while all of it holds."""
    prices = prices_in_force(warung, [line.pack_id for line in lines])
    moved, gone = _other_prices(lines, prices)
    short = _shortages(warung, lines, prices)
    if not (moved or gone or short):
        return None
    return BasketMoved(_moved_text(), prices=moved, withdrawn=gone, shortages=short)


def _other_prices(
    lines: Sequence[SeenLine], prices: dict[int, WarungPrice]
) -> tuple[tuple[PriceMoved, ...], tuple[Withdrawn, ...]]:
    """The lines that cost something else now, and those that are no longer sold."""
    moved = tuple(
        PriceMoved(line.pack_id, price.pack.product.name, price.pack.label, line.price, price.price)
        for line in lines
        if (price := prices.get(line.pack_id)) and price.price != line.price
    )
    return moved, _withdrawn([line.pack_id for line in lines if line.pack_id not in prices])


def _withdrawn(pack_ids: list[int]) -> tuple[Withdrawn, ...]:
    known = Pack.objects.select_related("product").in_bulk(pack_ids) if pack_ids else {}
    return tuple(
        Withdrawn(pack_id, known[pack_id].product.name, known[pack_id].label)
        if pack_id in known
        else Withdrawn(pack_id, "", "")
        for pack_id in pack_ids
    )


def _wanted(lines: Sequence[SeenLine], prices: dict[int, WarungPrice]) -> dict[int, int]:
    """Base units by product id, of the lines that have a price."""
    wanted: dict[int, int] = {}
    for line in lines:
        if price := prices.get(line.pack_id):
            product = price.pack.product_id
            wanted[product] = wanted.get(product, 0) + line.quantity * price.pack.base_quantity
    return wanted


def _shortages(warung: Warung, lines: Sequence[SeenLine], prices: dict[int, WarungPrice]) -> tuple[Shortage, ...]:
    """What is short right now. Not under a lock: it is told, nothing is promised by it."""
    wanted = _wanted(lines, prices)
    products = {price.pack.product_id: price.pack.product for price in prices.values()}
    available = available_at(warung, wanted)
    return tuple(
        Shortage(product, products[product].name, products[product].base_unit, asked, available[product])
        for product, asked in sorted(wanted.items())
        if asked > available[product]
    )


def _promise(
    order: Order, shelf: StockLocation, lines: Sequence[SeenLine], prices: dict[int, WarungPrice], by: str
) -> None:
    wanted = _wanted(lines, prices)
    if max(wanted.values()) > MOST_BASE_UNITS:
        raise BasketMoved(_moved_text(), shortages=_shortages(order.warung, lines, prices))
    try:
        reserve(
            location=shelf,
            lines=[Line(product, quantity) for product, quantity in wanted.items()],
            reference=order.reference,
            by=by,
        )
    except StockShort as short:
        raise BasketMoved(_moved_text(), shortages=tuple(short.shortages)) from short


def _moved_text() -> str:
    return _("Something changed while you were shopping. Nothing was ordered yet: look at the changes and order again.")


def _minimum_text(warung: Warung, below: BelowMinimum) -> str:
    return _("%(warung)s delivers from %(minimum)s on. Add something, or pick it up.") % {
        "warung": warung.name,
        "minimum": rupiah_text(below.minimum),
    }


def _line(order: Order, seen: SeenLine, price: WarungPrice) -> OrderLine:
    pack, product = price.pack, price.pack.product
    return OrderLine(
        order=order,
        product=product,
        pack=pack,
        product_name=product.name,
        pack_label=pack.label,
        base_unit=product.base_unit,
        base_quantity=pack.base_quantity,
        quantity=seen.quantity,
        price=price.price,
        total=seen.quantity * price.price,
        market_price=price.market_price,
        market=price.evidence.market,
        observed_on=price.evidence.observed_on,
        may_replace=seen.may_replace,
        note=seen.note.strip()[:120],
    )
