"""What lies in a cart. Nothing is promised by a cart: stock is reserved when the order is placed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenant_apps.orders.errors import BadLine, NotOffered
from tenant_apps.orders.models import MOST_OF_A_PACK, Cart, CartLine, Order, OrderLine
from tenant_apps.pricing.selectors import prices_in_force, sells
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import shown_warungs
from tenants.identity.models import User
from tenants.kernel import clock

# A longer list is nobody's basket.
MOST_LINES = 100


def put_in_cart(*, key: UUID, warung: Warung, pack_id: int, quantity: int) -> None:
    """So many more of the pack lie in the cart, at most MOST_OF_A_PACK together.

    Raises:  NotOffered for a pack that the warung does not sell; BadLine.
    """
    _must_be_a_quantity(quantity, least=1)
    _must_be_sold(warung, pack_id)
    _must_fit(_write(key, warung.pk, {pack_id: quantity}, _MORE))


def change_line(*, key: UUID, warung: Warung, pack_id: int, quantity: int) -> None:
    """Exactly so many of the pack lie in the cart; 0 takes it out. Repeating it changes nothing.

    Raises:  NotOffered when a pack that the warung does not sell would come in; BadLine.
    """
    _must_be_a_quantity(quantity, least=0)
    if quantity == 0:
        CartLine.objects.filter(cart__key=key, cart__warung=warung, pack=pack_id).delete()
        return
    _must_be_sold(warung, pack_id)
    _must_fit(_write(key, warung.pk, {pack_id: quantity}, _EXACTLY))


def empty_cart(*, key: UUID, warung: Warung) -> None:
    """Nothing of this warung lies in the cart any more."""
    CartLine.objects.filter(cart__key=key, cart__warung=warung).delete()


def forget_carts(*, untouched_since: datetime, most: int = 1_000) -> int:
    """Visitors' carts that nobody has touched since then are gone, at most so many at once; those of people stay. Returns how many."""
    old = Cart.objects.filter(changed_at__lt=untouched_since).exclude(key__in=User.objects.values("public_id"))
    with transaction.atomic():
        # Whoever comes back at this very moment waits, and begins a new cart; what they touched before is skipped.
        found = list(
            old.order_by("pk").select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:most]
        )
        Cart.objects.filter(pk__in=found).delete()
    return len(found)


def adopt_carts(*, visitor: UUID, person: UUID) -> None:
    """What a visitor had chosen belongs to the person who signed in. Of a pack in both carts, the larger number stays."""
    with transaction.atomic():
        for cart in Cart.objects.select_for_update().filter(key=visitor).order_by("pk"):
            chosen = {line.pack_id: line.quantity for line in cart.lines.all()}
            if chosen:
                # What a full cart has no room for is left out.
                _write(person, cart.warung_id, chosen, _LARGER)
            cart.delete()


def fill_again(*, key: UUID, order: Order) -> list[OrderLine]:
    """The goods of an earlier order lie in the cart, as many as then. Returns the lines that the warung no longer sells."""
    # What was ordered, and not what came instead of it.
    lines = list(order.lines.filter(stands_for=None))
    # The prices of a warung that ended are in force for ever, and nobody can buy there.
    is_shown = shown_warungs().filter(pk=order.warung_id).exists()
    sold = prices_in_force(order.warung, [line.pack_id for line in lines]) if is_shown else {}
    wanted = {line.pack_id: line.quantity for line in lines if line.pack_id in sold}
    if wanted:
        with transaction.atomic():
            _must_fit(_write(key, order.warung_id, wanted, _EXACTLY))
    return [line for line in lines if line.pack_id not in sold]


def _must_be_a_quantity(quantity: int, *, least: int) -> None:
    if not least <= quantity <= MOST_OF_A_PACK:
        raise BadLine(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})


def _must_be_sold(warung: Warung, pack_id: int) -> None:
    if not sells(warung, pack_id):
        raise NotOffered(_("%(warung)s does not sell this now.") % {"warung": warung.name})


# What becomes of the number of a pack that lies in the cart already.
_MORE = "line.quantity + EXCLUDED.quantity"
_EXACTLY = "EXCLUDED.quantity"
_LARGER = "GREATEST(line.quantity, EXCLUDED.quantity)"
_WRITE = """
    WITH cart AS (
        INSERT INTO orders_cart (key, warung_id, changed_at) VALUES (%(key)s, %(warung)s, %(now)s)
        ON CONFLICT (key, warung_id) DO UPDATE SET changed_at = EXCLUDED.changed_at RETURNING id
    ), there AS (
        SELECT pack_id FROM orders_cartline JOIN cart ON cart_id = cart.id
    ), wanted AS (
        SELECT pack, quantity, there.pack_id IS NOT NULL AS known,
               row_number() OVER (PARTITION BY there.pack_id IS NULL ORDER BY place) AS place
        FROM unnest(%(packs)s::bigint[], %(quantities)s::int[]) WITH ORDINALITY AS w (pack, quantity, place)
        LEFT JOIN there ON there.pack_id = w.pack
    )
    INSERT INTO orders_cartline AS line (cart_id, pack_id, quantity)
    SELECT cart.id, pack, quantity FROM cart, wanted
    WHERE known OR place <= %(most_lines)s - (SELECT count(*) FROM there)
    ON CONFLICT (cart_id, pack_id) DO UPDATE SET quantity = LEAST({becomes}, %(most)s)
    RETURNING pack_id
"""

# A tap need not wait for the disk: nothing is promised by a cart, and the server's crash may cost the taps of its last second.
_UNHURRIED = "SET LOCAL synchronous_commit TO off;"


def _write(key: UUID, warung_id: int, wanted: Mapping[int, int], becomes: str) -> bool:
    """These packs, by id, lie in the cart, which is made when first needed: one statement, for people tap this most of all.

    Returns whether all of them found room.
    """
    alone = not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            (_UNHURRIED if alone else "") + _WRITE.format(becomes=becomes),
            {
                "key": key,
                "warung": warung_id,
                "now": clock.now(),
                "packs": list(wanted),
                "quantities": list(wanted.values()),
                "most_lines": MOST_LINES,
                "most": MOST_OF_A_PACK,
            },
        )
        if alone:
            cursor.nextset()
        return len(cursor.fetchall()) == len(wanted)


def _must_fit(all_of_it: bool) -> None:
    if not all_of_it:
        raise BadLine(_("This cart is full. Order what is in it first."))
