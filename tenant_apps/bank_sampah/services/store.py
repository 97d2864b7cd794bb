"""Waste in store: oldest first out, and what every movement costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry, WasteGone
from tenant_apps.bank_sampah.locks import lots_in_store
from tenant_apps.bank_sampah.models import Lot, LotMoveKind, LotMovement, WasteGrade, WasteUnit
from tenant_apps.bank_sampah.reckoning import cost_of
from tenants.kernel import clock
from tenants.kernel.units import quantity_text

# Of one document: a hundred tonnes, or so many pieces.
MOST = 100_000_000


@dataclass(frozen=True)
class Portion:
    """So much of a lot, with its part of what the lot cost."""

    lot: Lot
    quantity: int
    cost: int


@dataclass(frozen=True)
class Moved:
    """A movement to be written. `quantity` and `cost` are signed."""

    lot: Lot
    kind: LotMoveKind
    quantity: int
    cost: int


def take(unit: WasteUnit, wanted: dict[WasteGrade, int]) -> dict[int, list[Portion]]:
    """So much of each grade from the unit's lots, the oldest first, by the grade's id. The lots are locked.

    Raises:  BadEntry for amounts that cannot be; WasteGone naming each grade of which there is less.
    """
    if not wanted:
        raise BadEntry(_("Write down how much of what."))
    if any(not 0 < quantity <= MOST for quantity in wanted.values()):
        raise BadEntry(_("Write down amounts above zero."))
    lots = sorted(lots_in_store(unit, (grade.pk for grade in wanted)), key=lambda lot: (lot.day, lot.pk))
    found: dict[int, list[Portion]] = {}
    short = []
    for grade, quantity in wanted.items():
        own = [lot for lot in lots if lot.grade_id == grade.pk]
        there = sum(lot.on_hand for lot in own)
        if there < quantity:
            short.append(f"{grade} ({quantity_text(there, grade.type.measure)})")
            continue
        found[grade.pk] = list(_portions(own, quantity))
    if short:
        raise WasteGone(_("There is less in store: %(names)s.") % {"names": ", ".join(short)})
    return found


def split(portions: Sequence[Portion], last: int) -> tuple[list[Portion], list[Portion]]:
    """The portions without their last `last` units, and those units; costs go along, and none is lost."""
    kept, cut, left = [], [], last
    for one in reversed(portions):
        away = min(one.quantity, left)
        left -= away
        cost = cost_of(away, one.quantity, one.cost) if away else 0
        if away:
            cut.append(Portion(one.lot, away, cost))
        if one.quantity > away:
            kept.append(Portion(one.lot, one.quantity - away, one.cost - cost))
    return kept[::-1], cut[::-1]


def write(moved: Iterable[Moved], *, reference: str, by: str) -> None:
    """The movements; the database adds them to the lots. What one document does to a lot in one way is one movement."""
    sums: dict[tuple[int, LotMoveKind], tuple[int, int]] = {}
    for one in moved:
        quantity, cost = sums.get((one.lot.pk, one.kind), (0, 0))
        sums[one.lot.pk, one.kind] = quantity + one.quantity, cost + one.cost
    now = clock.now()
    LotMovement.objects.bulk_create(
        LotMovement(lot_id=lot, kind=kind, quantity=quantity, cost=cost, reference=reference, by=by, at=now)
        for (lot, kind), (quantity, cost) in sorted(sums.items())
    )


def out(portions: Iterable[Portion], kind: LotMoveKind) -> list[Moved]:
    """Movements that take these portions out."""
    return [Moved(one.lot, kind, -one.quantity, -one.cost) for one in portions]


def _portions(lots: Sequence[Lot], quantity: int) -> Iterable[Portion]:
    left = quantity
    for lot in lots:
        if not left:
            return
        part = min(lot.on_hand, left)
        left -= part
        yield Portion(lot, part, cost_of(part, lot.on_hand, lot.cost))
