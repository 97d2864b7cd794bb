"""Every change of stock. A level changes only here, together with the movement that says why.

Each function takes a `reference` (the document, "order:7KQ4MP") and is safe to repeat: a step of a document moves once,
found again by its movements' keys. Quantities are base units of the product.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.satker.models import Satker
from tenant_apps.stock.errors import BadQuantity, Shortage, StockShort
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import LocationKind, StockLocation, StockMovement
from tenant_apps.stock.services.writing import Change, Dated, Packed, Why, write
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.units import quantity_text

# PostgreSQL's bigint, with room for sums.
MOST = 10**15


@dataclass(frozen=True)
class Line:
    """So much of a product, in its base units.

    What comes in may have a date until which it is good. `sealed_in` is the pack in which it comes or goes unopened.
    """

    product_id: int
    quantity: int
    expires_on: date | None = None
    sealed_in: int | None = None


@dataclass(frozen=True)
class _Goods:
    """All lines of one product."""

    product_id: int
    quantity: int
    dated: tuple[Dated, ...]
    packed: tuple[Packed, ...]


def location_of_warung(warung: Warung) -> StockLocation:
    """The warung's shelf, made when first asked for."""
    found, _fresh = StockLocation.objects.get_or_create(warung=warung, defaults={"kind": LocationKind.WARUNG})
    return found


def shelves_of(warungs: Sequence[Warung]) -> dict[int, StockLocation]:
    """The shelves of several warungs by the warungs' ids, made when first asked for.

    Each comes with its warung and owner as they are at this moment.
    """
    rows = StockLocation.objects.filter(warung__in=[warung.pk for warung in warungs]).select_related("warung__owner")
    found = {row.warung_id: row for row in rows if row.warung_id is not None}
    missing = [warung for warung in warungs if warung.pk not in found]
    if missing:
        for warung in missing:
            location_of_warung(warung)
        return shelves_of(warungs)
    return found


def location_of_satker(satker: Satker) -> StockLocation:
    """The Satker's store room, made when first asked for."""
    found, _fresh = StockLocation.objects.get_or_create(satker=satker, defaults={"kind": LocationKind.SATKER})
    return found


def receive(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str, note: str = "") -> bool:
    """Goods came in. False if this reference was received before.

    Raises:  BadQuantity, also for a date that has passed.
    Writes:  levels, movements "received"; a lot where a line has a date; unopened packs where a line comes in them.
    """
    lines, today = list(lines), clock.today(current_region().time_zone)
    if any(line.expires_on is not None and line.expires_on < today for line in lines):
        raise BadQuantity(_("That date has passed already."))
    return _move(
        location, _merged(lines), on_hand=1, reserved=0, reason="received", reference=reference, by=by, note=note
    )


def reserve(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """These goods are promised. False if this reference reserved before.

    Raises:  StockShort naming every line that is short; then nothing is promised.
    """
    return _move(location, _merged(lines), on_hand=0, reserved=1, reason="reserved", reference=reference, by=by)


def release(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """A promise is taken back. False if this reference released before."""
    return _move(location, _merged(lines), on_hand=0, reserved=-1, reason="released", reference=reference, by=by)


def ship(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Promised goods leave the shelf. False if this reference shipped before."""
    return _move(location, _merged(lines), on_hand=-1, reserved=-1, reason="shipped", reference=reference, by=by)


def sell(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Goods leave without a promise, as at the counter. False if this reference was sold before.

    Raises:  StockShort naming every line that is short, for what is promised stays; BadQuantity.
    Writes:  levels, movements "sold".
    """
    return _move(location, _merged(lines), on_hand=-1, reserved=0, reason="sold", reference=reference, by=by)


def take_back(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Goods that a customer returned lie on the shelf again. False if this reference was taken back before.

    Raises:  BadQuantity.
    Writes:  levels, movements "returned".
    """
    return _move(location, _merged(lines), on_hand=1, reserved=0, reason="returned", reference=reference, by=by)


def give_back(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str, note: str = "") -> bool:
    """Goods go back to whom they came from, or were never there. False if this reference was given back before.

    Raises:  StockShort naming every line that is short, for what is promised stays; BadQuantity.
    Writes:  levels, movements "given_back".
    """
    return _move(
        location, _merged(lines), on_hand=-1, reserved=0, reason="given_back", reference=reference, by=by, note=note
    )


def transfer(*, source: StockLocation, target: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Promised goods of one location now lie at another. False if this reference was transferred before.

    Dates go along; packs that come unopened are unopened there.
    """
    goods = _merged(lines)
    with transaction.atomic():
        # Both sides at once, in the one order; the levels stay locked for the two movements below.
        levels = lock_levels([(place.pk, one.product_id) for place in (source, target) for one in goods])
        key = f"transferred:{reference}"
        if _moved_before(key, source, goods):
            return False
        why = Why("transferred", reference, key, by)
        left = [
            Change(levels[source.pk, one.product_id], -one.quantity, -one.quantity, packed=one.packed) for one in goods
        ]
        _must_hold(left)
        dated = write(left, why)
        write(
            [
                Change(
                    levels[target.pk, one.product_id],
                    one.quantity,
                    dated=dated.get(one.product_id, ()),
                    packed=one.packed,
                )
                for one in goods
            ],
            why,
        )
    return True


def adjust(
    *, location: StockLocation, product: Product, counted: int, reason: str, by: str, key: str, note: str = ""
) -> int:
    """After a count, the level is what was counted; returns the difference (0: nothing is written).

    `reason` is a stable word (count, spoiled, broken, own_use, opening); `key` makes a second tap harmless.

    Raises:  BadQuantity below zero, above MOST, or below what is promised.
    """
    if not 0 <= counted <= MOST:
        raise BadQuantity(_("Write down a quantity of zero or more."))
    with transaction.atomic():
        level = lock_levels([(location.pk, product.pk)])[location.pk, product.pk]
        # Asked under the lock: two taps at once look one after the other.
        if StockMovement.objects.filter(key=f"{key}:{location.pk}:{product.pk}").exists():
            return 0
        if counted < level.reserved:
            raise BadQuantity(
                _("%(reserved)s of this are promised to customers. Fill or reject their orders first.")
                % {"reserved": quantity_text(level.reserved, product.base_unit)}
            )
        difference = counted - level.on_hand
        if difference:
            write([Change(level, difference)], Why(reason, key, key, by, note))
        return difference


def _merged(lines: Iterable[Line]) -> list[_Goods]:
    """One entry a product, in product order.

    Raises:  BadQuantity for nothing, or for a quantity that is not a positive number of base units.
    """
    sums: defaultdict[int, int] = defaultdict(int)
    dated: defaultdict[int, list[Dated]] = defaultdict(list)
    packed: defaultdict[int, list[Packed]] = defaultdict(list)
    for line in lines:
        if not 0 < line.quantity <= MOST:
            raise BadQuantity(_("Write down a quantity above zero."))
        sums[line.product_id] += line.quantity
        if line.expires_on is not None:
            dated[line.product_id].append(Dated(line.expires_on, line.quantity))
        if line.sealed_in is not None:
            packed[line.product_id].append(Packed(line.sealed_in, line.quantity))
    if not sums or max(sums.values()) > MOST:
        raise BadQuantity(_("Write down a quantity above zero."))
    return [
        _Goods(product, quantity, tuple(dated[product]), tuple(packed[product]))
        for product, quantity in sorted(sums.items())
    ]


def _move(
    location: StockLocation,
    goods: Sequence[_Goods],
    *,
    on_hand: int,
    reserved: int,
    reason: str,
    reference: str,
    by: str,
    note: str = "",
) -> bool:
    key = f"{reason}:{reference}"
    with transaction.atomic():
        levels = lock_levels([(location.pk, one.product_id) for one in goods])
        if _moved_before(key, location, goods):
            return False
        changes = [
            Change(
                levels[location.pk, one.product_id],
                on_hand * one.quantity,
                reserved * one.quantity,
                dated=one.dated,
                packed=one.packed,
            )
            for one in goods
        ]
        _must_hold(changes)
        write(changes, Why(reason, reference, key, by, note))
    return True


def _moved_before(key: str, location: StockLocation, goods: Sequence[_Goods]) -> bool:
    return StockMovement.objects.filter(key__in=[f"{key}:{location.pk}:{one.product_id}" for one in goods]).exists()


def _must_hold(changes: Sequence[Change]) -> None:
    short = [
        (one.level, asked)
        for one in changes
        if (asked := one.held - one.hand) > 0 and one.level.on_hand + one.hand < one.level.reserved + one.held
    ]
    if not short:
        return
    products = Product.objects.in_bulk([level.product_id for level, _asked in short])
    shortages = [
        Shortage(
            level.product_id,
            products[level.product_id].name,
            products[level.product_id].base_unit,
            asked,
            max(level.available, 0),
        )
        for level, asked in short
    ]
    raise StockShort(
        _("Not enough of: %(names)s.") % {"names": ", ".join(one.product_name for one in shortages)},
        shortages=shortages,
    )
