"""The supplier's steps on what was ordered. Callers work inside `tenants.context.for_supplier`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import BadPacks, OtherContent
from shared_apps.exchange.locks import lock_order
from shared_apps.exchange.models import (
    OrderState,
    Shipment,
    ShipmentLine,
    Side,
    SupplierOrder,
    SupplierOrderLine,
)
from shared_apps.exchange.services.steps import PROMISED, given, record, stale, take
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text

# A pack that costs more is a typing error.
MOST_PRICE = 1_000_000_000
# One line of a shipment that weighs more, in grams, is one too.
MOST_GRAMS = 1_000_000_000_000


@dataclass(frozen=True)
class Answer:
    """What the supplier will deliver of a line, and for how many rupiah a pack."""

    packs: int
    price: int


@dataclass(frozen=True)
class Shipped:
    """So many packs of a line; `grams` is what the scale said, for goods that are weighed."""

    line: int
    packs: int
    grams: int | None = None


def confirm(*, order: SupplierOrder, by: str, promised_on: date | None = None, note: str = "") -> SupplierOrder:
    """All of it comes as it was ordered.

    States:  SENT -> CONFIRMED. Confirming again, also later, changes nothing.
    Raises:  StaleDocument when it was answered otherwise or is gone.
    Writes:  order, lines, event; the region is told.
    """
    return _answer(order, "confirm", None, promised_on, note, by)


def change(
    *,
    order: SupplierOrder,
    answers: Mapping[int, Answer],
    by: str,
    promised_on: date | None = None,
    note: str = "",
) -> SupplierOrder:
    """Fewer packs, another price or another day than was ordered. The region accepts it, or cancels.

    States:  SENT -> CHANGED. The same change again, also later, alters nothing.
    Units:   by line id, only lines that change need be named; packs from 0 to what was ordered; rupiah for one pack.
    Raises:  BadPacks; StaleDocument when it was answered otherwise or is gone.
    Writes:  order, lines, event; the region is told.
    """
    return _answer(order, "change", answers, promised_on, note, by)


def refuse(*, order: SupplierOrder, reason: str, by: str) -> SupplierOrder:
    """None of it comes, and the supplier says why.

    States:  SENT, CHANGED -> REFUSED. Refusing twice changes nothing.
    Raises:  ReasonMissing; StaleDocument.
    Writes:  order, event; the region is told.
    """
    reason = given(reason)
    with transaction.atomic():
        order = lock_order(order)
        if order.state != OrderState.REFUSED:
            take(order, "refuse", side=Side.SUPPLIER, by=by, reason=reason)
    return order


def ship(
    *,
    order: SupplierOrder,
    key: UUID,
    lines: Sequence[Shipped],
    shipped_on: date,
    by: str,
    reference: str = "",
    note: str = "",
) -> Shipment:
    """These packs are on their way: all of them, or a part. The same key finds the same shipment.

    States:  CONFIRMED, SHIPPED -> SHIPPED.
    Units:   whole packs; grams.
    Raises:  BadPacks when it is more than what was promised and has not left yet; OtherContent; StaleDocument.
    Writes:  shipment, its lines, the lines' counters, event; the region is told.
    """
    reference, note = reference.strip()[:60], note.strip()[:240]
    with transaction.atomic():
        order = lock_order(order)
        before = Shipment.objects.filter(order=order, key=key).first()
        if before is not None:
            there = set(before.lines.values_list("line", "packs", "grams"))
            if there != {(one.line, one.packs, one.grams) for one in lines} or before.shipped_on != shipped_on:
                raise OtherContent(_("This delivery was written down already, with other content. Look at it again."))
            return before
        if order.state not in (OrderState.CONFIRMED, OrderState.SHIPPED):
            raise stale()
        by_id = {line.pk: line for line in order.lines.all()}
        _must_fit(by_id, lines)
        shipment = Shipment.objects.create(
            order=order,
            number=Shipment.objects.filter(order=order).count() + 1,
            key=key,
            shipped_on=shipped_on,
            reference=reference,
            note=note,
            by=by,
            at=clock.now(),
        )
        ShipmentLine.objects.bulk_create(
            [ShipmentLine(shipment=shipment, line=by_id[one.line], packs=one.packs, grams=one.grams) for one in lines]
        )
        for one in lines:
            by_id[one.line].packs_shipped += one.packs
        SupplierOrderLine.objects.bulk_update([by_id[one.line] for one in lines], ["packs_shipped"])
        if order.state == OrderState.CONFIRMED:
            take(order, "ship", side=Side.SUPPLIER, by=by, reason=reference)
        else:
            record(order, "ship", side=Side.SUPPLIER, by=by, reason=reference)
    return shipment


def _answer(
    order: SupplierOrder,
    name: str,
    answers: Mapping[int, Answer] | None,
    promised_on: date | None,
    note: str,
    by: str,
) -> SupplierOrder:
    note = note.strip()[:240]
    with transaction.atomic():
        order = lock_order(order)
        lines = list(order.lines.all())
        wanted = {line.pk: (answers or {}).get(line.pk, Answer(line.packs, line.price)) for line in lines}
        if answers is not None:
            _must_be_answers(lines, answers, wanted)
            if all(wanted[line.pk] == Answer(line.packs, line.price) for line in lines) and (
                promised_on is None or promised_on == order.wanted_on
            ):
                raise BadPacks(_("Nothing of this differs from the order. Confirm it as it is."))
        if order.state != OrderState.SENT:
            same = all(
                wanted[line.pk] == Answer(line.packs_confirmed or 0, line.price_confirmed or 0) for line in lines
            )
            answered = order.state in PROMISED or (order.state == OrderState.CHANGED and name == "change")
            if not (same and answered and (order.promised_on, order.supplier_note) == (promised_on, note)):
                raise stale()
            return order
        for line in lines:
            line.packs_confirmed, line.price_confirmed = wanted[line.pk].packs, wanted[line.pk].price
        SupplierOrderLine.objects.bulk_update(lines, ["packs_confirmed", "price_confirmed"])
        order.promised_on, order.supplier_note = promised_on, note
        order.save(update_fields=["promised_on", "supplier_note"])
        take(order, name, side=Side.SUPPLIER, by=by, reason=note)
    return order


def _must_be_answers(
    lines: Sequence[SupplierOrderLine], answers: Mapping[int, Answer], wanted: Mapping[int, Answer]
) -> None:
    if answers.keys() - {line.pk for line in lines}:
        raise BadPacks(_("This has a line that the order does not have. Look at it again."))
    for line in lines:
        answer = wanted[line.pk]
        if not 0 <= answer.packs <= line.packs:
            raise BadPacks(
                _("%(article)s: write down a number from 0 to %(most)s.") % {"article": line.name, "most": line.packs},
                line_id=line.pk,
            )
        if not 1 <= answer.price <= MOST_PRICE:
            raise BadPacks(
                _("%(article)s: write down a price from Rp 1 to %(most)s.")
                % {"article": line.name, "most": rupiah_text(MOST_PRICE)},
                line_id=line.pk,
            )
    if not any(answer.packs for answer in wanted.values()):
        raise BadPacks(_("Nothing of the order would come. Refuse it instead, and say why."))


def _must_fit(by_id: Mapping[int, SupplierOrderLine], lines: Sequence[Shipped]) -> None:
    if not lines:
        raise BadPacks(_("Write down at least one pack."))
    if len({one.line for one in lines}) != len(lines) or {one.line for one in lines} - by_id.keys():
        raise BadPacks(_("This has a line that the order does not have. Look at it again."))
    for one in lines:
        line = by_id[one.line]
        left = line.packs_agreed - line.packs_shipped
        if not 1 <= one.packs <= left:
            raise BadPacks(
                _("%(article)s: %(left)s packs are still to be sent off.") % {"article": line.name, "left": left},
                line_id=line.pk,
            )
        if one.grams is not None and not (line.catch_weight and 1 <= one.grams <= MOST_GRAMS):
            raise BadPacks(
                _("%(article)s: this weight cannot be.") % {"article": line.name},
                line_id=line.pk,
            )
