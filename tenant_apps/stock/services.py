"""Every change of stock. A level changes only here, together with the movement that says why.

Each function takes a `reference` (the document, "order:7KQ4MP") and is safe to repeat: a step of a document moves once,
found again by its movements' keys. Quantities are base units of the product.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.satker.models import Satker
from tenant_apps.stock.errors import BadQuantity, Shortage, StockShort
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.models import LocationKind, StockLevel, StockLocation, StockMovement
from tenant_apps.warungs.models import Warung
from tenants.kernel.units import quantity_text

# PostgreSQL's bigint, with room for sums.
MOST = 10**15


@dataclass(frozen=True)
class Line:
    """So much of a product, in its base units."""

    product_id: int
    quantity: int


def location_of_warung(warung: Warung) -> StockLocation:
    """The warung's shelf, made when first asked for."""
    found, _fresh = StockLocation.objects.get_or_create(warung=warung, defaults={"kind": LocationKind.WARUNG})
    return found


def location_of_satker(satker: Satker) -> StockLocation:
    """The Satker's store room, made when first asked for."""
    found, _fresh = StockLocation.objects.get_or_create(satker=satker, defaults={"kind": LocationKind.SATKER})
    return found


def receive(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str, note: str = "") -> bool:
    """Goods came in. False if this reference was received before.

    Raises:  BadQuantity.
    Writes:  levels, movements "received".
    """
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

    Raises:  StockShort naming every line that is short, promised goods being no one else's; BadQuantity.
    Writes:  levels, movements "sold".
    """
    return _move(location, _merged(lines), on_hand=-1, reserved=0, reason="sold", reference=reference, by=by)


def take_back(*, location: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Goods that a customer returned lie on the shelf again. False if this reference was taken back before.

    Raises:  BadQuantity.
    Writes:  levels, movements "returned".
    """
    return _move(location, _merged(lines), on_hand=1, reserved=0, reason="returned", reference=reference, by=by)


def transfer(*, source: StockLocation, target: StockLocation, lines: Iterable[Line], reference: str, by: str) -> bool:
    """Promised goods of one location now lie at another. False if this reference was transferred before."""
    goods = _merged(lines)
    with transaction.atomic():
        # Both sides at once, in the one order; the levels stay locked for the two movements below.
        lock_levels([(place.pk, line.product_id) for place in (source, target) for line in goods])
        moved = _move(source, goods, on_hand=-1, reserved=-1, reason="transferred", reference=reference, by=by)
        if moved:
            _move(target, goods, on_hand=1, reserved=0, reason="transferred", reference=reference, by=by)
    return moved


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
            _write([(level, difference, 0)], reason=reason, reference=key, key=key, by=by, note=note)
        return difference


def _merged(lines: Iterable[Line]) -> list[Line]:
    """One line a product, in product order.

    Raises:  BadQuantity for nothing, or for a quantity that is not a positive number of base units.
    """
    sums: dict[int, int] = {}
    for line in lines:
        if not 0 < line.quantity <= MOST:
            raise BadQuantity(_("Write down a quantity above zero."))
        sums[line.product_id] = sums.get(line.product_id, 0) + line.quantity
    if not sums or max(sums.values()) > MOST:
        raise BadQuantity(_("Write down a quantity above zero."))
    return [Line(product, quantity) for product, quantity in sorted(sums.items())]


def _move(
    location: StockLocation,
    lines: Sequence[Line],
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
        levels = lock_levels([(location.pk, line.product_id) for line in lines])
        if StockMovement.objects.filter(key__in=[f"{key}:{location.pk}:{line.product_id}" for line in lines]).exists():
            return False
        changes = [
            (levels[location.pk, line.product_id], on_hand * line.quantity, reserved * line.quantity) for line in lines
        ]
        _must_hold(changes)
        _write(changes, reason=reason, reference=reference, key=key, by=by, note=note)
    return True


def _must_hold(changes: Sequence[tuple[StockLevel, int, int]]) -> None:
    short = [
        (level, change)
        for level, hand, held in changes
        if (change := held - hand) > 0 and level.on_hand + hand < level.reserved + held
    ]
    if not short:
        return
    products = Product.objects.in_bulk([level.product_id for level, _change in short])
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


def _write(
    changes: Sequence[tuple[StockLevel, int, int]], *, reason: str, reference: str, key: str, by: str, note: str
) -> None:
    for level, hand, held in changes:
        level.on_hand += hand
        level.reserved += held
    StockLevel.objects.bulk_update([level for level, _hand, _held in changes], ["on_hand", "reserved"])
    StockMovement.objects.bulk_create(
        [
            StockMovement(
                location_id=level.location_id,
                product_id=level.product_id,
                delta_on_hand=hand,
                delta_reserved=held,
                reason=reason,
                reference=reference,
                key=f"{key}:{level.location_id}:{level.product_id}",
                note=note,
                by=by,
            )
            for level, hand, held in changes
        ]
    )
