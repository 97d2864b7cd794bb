"""What lies in a cart. Nothing is promised by a cart: stock is reserved when the order is placed."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.orders.errors import BadLine, NotOffered
from tenant_apps.orders.models import MOST_OF_A_PACK, Cart, CartLine, Order, OrderLine
from tenant_apps.pricing.selectors import prices_in_force, sells
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import shown_warungs

# A longer list is nobody's basket.
MOST_LINES = 100


def put_in_cart(*, key: UUID, warung: Warung, pack_id: int, quantity: int) -> CartLine:
    """So many more of the pack lie in the cart, at most MOST_OF_A_PACK together.

    Raises:  NotOffered for a pack that the warung does not sell; BadLine.
    """
    _must_be_a_quantity(quantity, least=1)
    _must_be_sold(warung, pack_id)
    with transaction.atomic():
        cart = _locked_cart(key, warung)
        have = _quantities(cart)
        return _set(cart, have, pack_id, min(have.get(pack_id, 0) + quantity, MOST_OF_A_PACK))


def change_line(*, key: UUID, warung: Warung, pack_id: int, quantity: int) -> None:
    """Exactly so many of the pack lie in the cart; 0 takes it out. Repeating it changes nothing.

    Raises:  NotOffered when a pack that the warung does not sell would come in; BadLine.
    """
    _must_be_a_quantity(quantity, least=0)
    if quantity == 0:
        CartLine.objects.filter(cart__key=key, cart__warung=warung, pack=pack_id).delete()
        return
    _must_be_sold(warung, pack_id)
    with transaction.atomic():
        cart = _locked_cart(key, warung)
        _set(cart, _quantities(cart), pack_id, quantity)


def empty_cart(*, key: UUID, warung: Warung) -> None:
    """Nothing of this warung lies in the cart any more."""
    CartLine.objects.filter(cart__key=key, cart__warung=warung).delete()


def adopt_carts(*, visitor: UUID, person: UUID) -> None:
    """What a visitor had chosen belongs to the person who signed in. Of a pack in both carts, the larger number stays."""
    with transaction.atomic():
        for cart in Cart.objects.select_for_update().filter(key=visitor).order_by("pk"):
            own = _locked_cart(person, cart.warung)
            have = _quantities(own)
            for line in cart.lines.all():
                if len(have) < MOST_LINES or line.pack_id in have:
                    _set(own, have, line.pack_id, max(line.quantity, have.get(line.pack_id, 0)))
            cart.delete()


def fill_again(*, key: UUID, order: Order) -> list[OrderLine]:
    """The goods of an earlier order lie in the cart, as many as then. Returns the lines that the warung no longer sells."""
    # What was ordered, and not what came instead of it.
    lines = list(order.lines.filter(stands_for=None))
    # The prices of a warung that ended are in force for ever, and nobody can buy there.
    is_shown = shown_warungs().filter(pk=order.warung_id).exists()
    sold = prices_in_force(order.warung, [line.pack_id for line in lines]) if is_shown else {}
    with transaction.atomic():
        cart = _locked_cart(key, order.warung)
        have = _quantities(cart)
        for line in lines:
            if line.pack_id in sold:
                _set(cart, have, line.pack_id, line.quantity)
    return [line for line in lines if line.pack_id not in sold]


def _must_be_a_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MOST_OF_A_PACK:
        raise BadLine(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})


def _must_be_sold(warung: Warung, pack_id: int) -> None:
    if not sells(warung, pack_id):
        raise NotOffered(_("%(warung)s does not sell this now.") % {"warung": warung.name})


def _locked_cart(key: UUID, warung: Warung) -> Cart:
    """The cart, made when first needed, changed now. Its row is the lock of its lines, taken by the one statement."""
    cart = Cart(key=key, warung=warung)
    Cart.objects.bulk_create(
        [cart], update_conflicts=True, unique_fields=["key", "warung"], update_fields=["changed_at"]
    )
    return cart


def _quantities(cart: Cart) -> dict[int, int]:
    """How many lie in the cart, by pack id."""
    return dict(cart.lines.order_by().values_list("pack_id", "quantity"))


def _set(cart: Cart, have: dict[int, int], pack_id: int, quantity: int) -> CartLine:
    """So many of the pack lie in the locked cart, which holds what `have` says; `have` follows."""
    if pack_id not in have and len(have) >= MOST_LINES:
        raise BadLine(_("This cart is full. Order what is in it first."))
    line = CartLine(cart=cart, pack_id=pack_id, quantity=quantity)
    CartLine.objects.bulk_create(
        [line], update_conflicts=True, unique_fields=["cart", "pack"], update_fields=["quantity"]
    )
    have[pack_id] = quantity
    return line
