"""The canary's trade, step by step: bought, prepared, handed over and paid; weighed in; paid out; and the books still add up."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _

from shared_apps.canary.errors import WrongEffect
from shared_apps.canary.trading import canary_step
from tenant_apps.bank_sampah.models import Deposit, Way, WithdrawalState
from tenant_apps.bank_sampah.models.terms import WHOLE
from tenant_apps.bank_sampah.selectors.books import book_row, cash_of
from tenant_apps.bank_sampah.selectors.prices import terms_on
from tenant_apps.bank_sampah.services import Weighed, Wish, ask, fill_box, pay, weigh_in
from tenant_apps.canary_trade.props import BY, WASTE_PRICE, Props, book_with_room, prepare, the_props
from tenant_apps.ledger.proving import find_differences
from tenant_apps.ledger.selectors import amounts_of
from tenant_apps.orders.baskets import cart_at
from tenant_apps.orders.models import Method, Order, OrderState
from tenant_apps.orders.services.carting import change_line
from tenant_apps.orders.services.filling import accept_order, hand_over, pack_order
from tenant_apps.orders.services.placing import SeenLine, place_order
from tenant_apps.stock.models import StockLevel

# Pieces that are ordered each time.
PIECES = 2


@canary_step("prepare", label=_("Prepare"), order=10)
def get_ready(key: UUID) -> None:
    prepare(f"canary:{key}")


@canary_step("cart", label=_("Put into the cart"), order=20)
def fill_cart(key: UUID) -> None:
    props = the_props()
    change_line(key=props.citizen.public_id, warung=props.warung, pack_id=props.pack.pk, quantity=PIECES)
    lines = cart_at(props.citizen.public_id, props.warung).lines
    _must_be("lines in the cart", len(lines), 1)
    _must_be("pieces that can be had", lines[0].orderable, PIECES)


@canary_step("order", label=_("Place the order"), order=30)
def order(key: UUID) -> None:
    props = the_props()
    lines = [
        SeenLine(line.pack.pk, line.orderable, line.price.price)
        for line in cart_at(props.citizen.public_id, props.warung).lines
        if line.price is not None
    ]
    free = _level(props).available
    placed = place_order(
        customer=props.citizen,
        warung=props.warung,
        key=key,
        lines=lines,
        method=Method.PICKUP,
        name=props.citizen.name,
        phone="",
        by=props.citizen.actor,
    )
    _must_be("state of the order", _order(props, key).state, OrderState.PLACED)
    _must_be("total", placed.total, PIECES * lines[0].price)
    _must_be("pieces still free", _level(props).available, free - PIECES)
    _must_be("lines in the cart", len(cart_at(props.citizen.public_id, props.warung).lines), 0)


@canary_step("accept", label=_("Accept and pack"), order=40)
def fill(key: UUID) -> None:
    props = the_props()
    accept_order(order=_order(props, key), by=props.owner.actor)
    _must_be("state of the order", _order(props, key).state, OrderState.ACCEPTED)
    pack_order(order=_order(props, key), by=props.owner.actor)
    _must_be("state of the order", _order(props, key).state, OrderState.PACKED)


@canary_step("hand_over", label=_("Hand over, paid in cash"), order=50)
def give(key: UUID) -> None:
    props = the_props()
    drawer = f"warung:{props.warung.pk}:cash"
    on_hand, cash = _level(props).on_hand, amounts_of([drawer])[drawer]
    hand_over(order=_order(props, key), by=props.owner.actor)
    done = _order(props, key)
    _must_be("state of the order", done.state, OrderState.HANDED_OVER)
    _must_be("pieces on the shelf", _level(props).on_hand, on_hand - PIECES)
    _must_be("rupiah in the drawer", amounts_of([drawer])[drawer], cash + done.total)


@canary_step("deposit", label=_("Weigh waste in"), order=60)
def save(key: UUID) -> None:
    """As much as makes the smallest payout possible, the committee's share taken off."""
    props, terms = the_props(), terms_on()
    value = -(-terms.least_payout * WHOLE // (WHOLE - terms.share_bps))
    grams = -(-value * 1_000 // WASTE_PRICE)
    worth = (2 * grams * WASTE_PRICE + 1_000) // 2_000
    saved = worth - worth * terms.share_bps // WHOLE
    book = book_with_room(props.unit, saved)
    before = book_row(book).holds
    slip = weigh_in(
        unit=props.unit,
        book=book,
        key=_key(key, "deposit"),
        lines=[Weighed(props.grade, grams)],
        by=props.owner.actor,
    )
    _must_be("rupiah saved", slip.saved, saved)
    _must_be("rupiah in the book", book_row(book).holds, before + saved)


@canary_step("payout", label=_("Pay savings out"), order=70)
def pay_out(key: UUID) -> None:
    """All of that slip, out of the cash box into which as much was put before."""
    props = the_props()
    slip = Deposit.objects.select_related("book__member").get(key=_key(key, "deposit"))
    amount, before = slip.saved, book_row(slip.book).holds
    fill_box(unit=props.unit, key=_key(key, "box"), amount=amount, by=BY)
    cash = cash_of(props.unit)
    wish = Wish(Way.CASH, props.unit)
    asked = ask(book=slip.book, key=_key(key, "payout"), amount=amount, wish=wish, by=props.citizen.actor)
    _must_be("rupiah in the book", book_row(slip.book).holds, before - amount)
    _must_be("rupiah set aside", book_row(slip.book).reserved, amount)
    paid = pay(withdrawal=asked, by=props.owner.actor)
    paid.refresh_from_db()
    _must_be("state of the payout", paid.state, WithdrawalState.PAID)
    _must_be("rupiah set aside", book_row(slip.book).reserved, 0)
    _must_be("rupiah in the cash box", cash_of(props.unit), cash - amount)


@canary_step("books", label=_("Prove the ledger"), order=80)
def prove(key: UUID) -> None:
    """All money of the region, as each night; nothing is kept of it, so that the proofs of the nights stay."""
    _must_be("differences in the ledger", len(find_differences()), 0)


def _key(run: UUID, what: str) -> UUID:
    return uuid5(run, what)


def _order(props: Props, key: UUID) -> Order:
    return Order.objects.select_related("warung", "customer").get(customer=props.citizen, key=key)


def _level(props: Props) -> StockLevel:
    return StockLevel.objects.get(location__warung=props.warung, product=props.pack.product_id)


def _must_be(what: str, found: int | str, wanted: int | str) -> None:
    if found != wanted:
        raise WrongEffect(f"{what}: {found} instead of {wanted}")
