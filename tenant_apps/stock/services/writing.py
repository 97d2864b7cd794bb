"""Levels change here, with the movements that say why, and with the lots and unopened packs that are part of them.

Everything in here runs under the levels' locks. A level that has neither dates nor unopened packs costs no query more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.stock.models import PackOpening, SealedPack, StockLevel, StockLot, StockMovement
from tenants.context import current_region
from tenants.kernel import clock


@dataclass(frozen=True)
class Dated:
    """So many base units that are good until this day."""

    expires_on: date
    quantity: int


@dataclass(frozen=True)
class Packed:
    """So many base units that are in unopened packs of this kind."""

    pack_id: int
    quantity: int


@dataclass(frozen=True)
class Change:
    """What happens to one level. `dated` and `packed` are parts of what comes in; `packed` also of what goes out whole.

    `lot`, when given, is the one that the goods leave from.
    """

    level: StockLevel
    hand: int
    held: int = 0
    dated: tuple[Dated, ...] = ()
    packed: tuple[Packed, ...] = ()
    lot: StockLot | None = None


@dataclass(frozen=True)
class Why:
    """What movements and openings of one step carry."""

    reason: str
    reference: str
    key: str
    by: str
    note: str = ""


def write(changes: Sequence[Change], why: Why) -> dict[int, tuple[Dated, ...]]:
    """The levels of one location have changed. Returns by product what left with a date."""
    for change in changes:
        change.level.on_hand += change.hand
        change.level.reserved += change.held
    before = [(change.level.dated, change.level.sealed) for change in changes]
    taken = _take_dated([one for one in changes if one.hand < 0 and one.level.dated])
    _take_packs([one for one in changes if one.hand < 0 and _breaks_packs(one)], why)
    _add_dated([one for one in changes if one.hand > 0 and one.dated])
    _add_packs([one for one in changes if one.hand > 0 and one.packed], why)
    fields = ["on_hand", "reserved"]
    fields += ["dated"] if any(one.level.dated != was for one, (was, _) in zip(changes, before, strict=True)) else []
    fields += ["sealed"] if any(one.level.sealed != was for one, (_, was) in zip(changes, before, strict=True)) else []
    StockLevel.objects.bulk_update([change.level for change in changes], fields)
    StockMovement.objects.bulk_create([_movement(change, why) for change in changes])
    return taken


def record(pack: Pack, change: int, location_id: int, why: Why, *, key: str | None = None) -> PackOpening:
    """The row of the history for packs that were opened (below zero) or are unopened now (above). Not saved."""
    return PackOpening(
        location_id=location_id,
        pack=pack,
        change=change,
        base_quantity=pack.base_quantity,
        reason=why.reason,
        reference=why.reference,
        key=key,
        by=why.by,
    )


def openable(packs: Iterable[Pack]) -> list[Pack]:
    """Of all packs of some products, those that hold more than the smallest selling pack: the others cannot be opened."""
    every = list(packs)
    smallest: dict[int, int] = {}
    for pack in every:
        if pack.use == Use.SELL:
            smallest[pack.product_id] = min(smallest.get(pack.product_id, pack.base_quantity), pack.base_quantity)
    return [pack for pack in every if pack.base_quantity > smallest.get(pack.product_id, pack.base_quantity)]


def _movement(change: Change, why: Why) -> StockMovement:
    level = change.level
    return StockMovement(
        location_id=level.location_id,
        product_id=level.product_id,
        delta_on_hand=change.hand,
        delta_reserved=change.held,
        reason=why.reason,
        reference=why.reference,
        key=f"{why.key}:{level.location_id}:{level.product_id}",
        note=why.note,
        by=why.by,
    )


def _take_dated(changes: Sequence[Change]) -> dict[int, tuple[Dated, ...]]:
    """What leaves takes the earliest date first, and what has no date last."""
    if not changes:
        return {}
    lots: defaultdict[int, list[StockLot]] = defaultdict(list)
    for lot in StockLot.objects.filter(
        location_id=changes[0].level.location_id, product_id__in=[one.level.product_id for one in changes], left__gt=0
    ).order_by("expires_on", "received_on", "pk"):
        lots[lot.product_id].append(lot)
    touched: list[StockLot] = []
    taken: dict[int, tuple[Dated, ...]] = {}
    for change in changes:
        level, still = change.level, -change.hand
        parts = []
        for lot in lots[level.product_id]:
            if not still:
                break
            if change.lot is not None and change.lot.pk != lot.pk:
                continue
            part = min(lot.left, still)
            lot.left -= part
            still -= part
            level.dated -= part
            parts.append(Dated(lot.expires_on, part))
            touched.append(lot)
        taken[level.product_id] = tuple(parts)
    StockLot.objects.bulk_update(touched, ["left"])
    return taken


def _add_dated(changes: Sequence[Change]) -> None:
    if not changes:
        return
    today, location = clock.today(current_region().time_zone), changes[0].level.location_id
    known = {
        (lot.product_id, lot.expires_on): lot
        for lot in StockLot.objects.filter(
            location_id=location, product_id__in=[one.level.product_id for one in changes], received_on=today
        )
    }
    fresh: dict[tuple[int, date], StockLot] = {}
    grown: dict[int, StockLot] = {}
    for change in changes:
        product = change.level.product_id
        for part in change.dated:
            place = product, part.expires_on
            lot = known.get(place) or fresh.setdefault(
                place,
                StockLot(location_id=location, product_id=product, expires_on=part.expires_on, received_on=today),
            )
            lot.left += part.quantity
            change.level.dated += part.quantity
            if lot.pk:
                grown[lot.pk] = lot
    StockLot.objects.bulk_create(fresh.values())
    StockLot.objects.bulk_update(grown.values(), ["left"])


def _breaks_packs(change: Change) -> bool:
    level = change.level
    return bool(level.sealed) and (bool(change.packed) or level.sealed > level.on_hand)


def _take_packs(changes: Sequence[Change], why: Why) -> None:
    """Whole packs that leave are unopened no more; then, while too little lies loose, the smallest packs are opened."""
    if not changes:
        return
    rows: defaultdict[int, list[SealedPack]] = defaultdict(list)
    for row in (
        SealedPack.objects.select_related("pack")
        .filter(
            location_id=changes[0].level.location_id,
            pack__product_id__in=[one.level.product_id for one in changes],
            count__gt=0,
        )
        .order_by("pack__base_quantity", "pk")
    ):
        rows[row.pack.product_id].append(row)
    opened: dict[int, int] = defaultdict(int)
    for change in changes:
        level, theirs = change.level, rows[change.level.product_id]
        whole = {part.pack_id: part.quantity for part in change.packed}
        for row in theirs:
            _open(level, row, min(row.count, whole.get(row.pack_id, 0) // row.pack.base_quantity), opened)
        for row in theirs:
            short = level.sealed - level.on_hand
            if short > 0:
                _open(level, row, min(row.count, -(-short // row.pack.base_quantity)), opened)
    touched = [row for theirs in rows.values() for row in theirs if opened[row.pk]]
    SealedPack.objects.bulk_update(touched, ["count"])
    PackOpening.objects.bulk_create([record(row.pack, -opened[row.pk], row.location_id, why) for row in touched])


def _open(level: StockLevel, row: SealedPack, packs: int, opened: dict[int, int]) -> None:
    row.count -= packs
    level.sealed -= packs * row.pack.base_quantity
    opened[row.pk] += packs


def _add_packs(changes: Sequence[Change], why: Why) -> None:
    if not changes:
        return
    location = changes[0].level.location_id
    every = Pack.objects.filter(product_id__in=[one.level.product_id for one in changes])
    packs = {pack.pk: pack for pack in openable(every)}
    counts: defaultdict[int, int] = defaultdict(int)
    for change in changes:
        for part in change.packed:
            pack = packs.get(part.pack_id)
            if pack is not None and pack.product_id == change.level.product_id:
                count = part.quantity // pack.base_quantity
                counts[pack.pk] += count
                change.level.sealed += count * pack.base_quantity
    came = {pk: count for pk, count in counts.items() if count}
    if not came:
        return
    rows = {row.pack_id: row for row in SealedPack.objects.filter(location_id=location, pack_id__in=came)}
    for pk, count in came.items():
        row = rows.setdefault(pk, SealedPack(location_id=location, pack_id=pk))
        row.count += count
    SealedPack.objects.bulk_create([row for row in rows.values() if not row.pk])
    SealedPack.objects.bulk_update([row for row in rows.values() if row.pk], ["count"])
    PackOpening.objects.bulk_create([record(packs[pk], count, location, why) for pk, count in came.items()])
