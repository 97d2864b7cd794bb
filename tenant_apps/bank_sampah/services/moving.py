"""Waste is sent to another unit, received there, sorted, and written off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry
from tenant_apps.bank_sampah.locks import lock_transfer, lock_unit, lots_of_day
from tenant_apps.bank_sampah.models import (
    LossReason,
    LotMoveKind,
    Measure,
    Transfer,
    TransferLine,
    TransferState,
    WasteGrade,
    WasteUnit,
    Work,
)
from tenant_apps.bank_sampah.reckoning import cost_of
from tenant_apps.bank_sampah.services.accounts import UnitBook, of_unit
from tenant_apps.bank_sampah.services.store import Moved, Portion, out, split, take, write
from tenant_apps.ledger.services import Posting, post
from tenant_apps.procurement.consolidation import shares
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered


def send(
    *, sender: WasteUnit, receiver: WasteUnit, key: UUID, quantities: Mapping[WasteGrade, int], by: str
) -> Transfer:
    """So much of each grade is on its way, once for its `key`.

    States:  -> SENT.
    Raises:  BadEntry; WasteGone.
    Writes:  the transfer, movements, one entry from the sender's stock to what is on the way.
    """
    if sender.pk == receiver.pk:
        raise BadEntry(_("Choose another unit to send it to."))
    with transaction.atomic():
        lock_unit(sender)
        before = Transfer.objects.filter(key=key).first()
        if before is not None:
            return before
        portions = [one for own in take(sender, dict(quantities)).values() for one in own]
        made = save_numbered(Transfer(key=key, sender=sender, receiver=receiver, sent_at=clock.now(), sent_by=by))
        TransferLine.objects.bulk_create(
            TransferLine(transfer=made, lot=one.lot, quantity=one.quantity, cost=one.cost) for one in portions
        )
        write(out(portions, LotMoveKind.SENT), reference=made.reference, by=by)
        _book(
            f"{made.reference}:sent",
            _("Waste sent to %(unit)s") % {"unit": receiver.name},
            sum(one.cost for one in portions),
            (sender, "transit"),
            (sender, "stock"),
            by,
        )
    return made


def receive(*, transfer: Transfer, arrived: Mapping[int, int], by: str) -> Transfer:
    """So much of each grade, by its id, is at the receiver; what is missing is shrink.

    States:  SENT -> RECEIVED. Receiving twice changes nothing.
    Raises:  BadEntry for a grade that is missing, or of which more came than was sent.
    Writes:  lots of the receiver, movements, entries from the way to the receiver's stock, and from there to shrink.
    """
    with transaction.atomic():
        transfer = lock_transfer(transfer)
        if transfer.state == TransferState.RECEIVED:
            return transfer
        lines = list(transfer.lines.select_related("lot__grade__type").order_by("pk"))
        by_grade: dict[int, list[TransferLine]] = defaultdict(list)
        for line in lines:
            by_grade[line.lot.grade_id].append(line)
        for grade, own in by_grade.items():
            sent = sum(line.quantity for line in own)
            came = arrived.get(grade, -1)
            if not 0 <= came <= sent:
                raise BadEntry(
                    _("Of %(name)s, write down from nothing up to what was sent.") % {"name": own[0].lot.grade}
                )
            for line, part in zip(own, shares(came, [line.quantity for line in own]), strict=True):
                line.arrived = part
        places = {(line.lot.origin_id, line.lot.grade_id) for line in lines}
        lots = lots_of_day(transfer.receiver, places, clock.today(current_region().time_zone))
        moved, lost = [], 0
        for line in lines:
            lot, gone = lots[line.lot.origin_id, line.lot.grade_id], line.quantity - (line.arrived or 0)
            moved.append(Moved(lot, LotMoveKind.RECEIVED, line.quantity, line.cost))
            if gone:
                cost = cost_of(gone, line.quantity, line.cost)
                moved.append(Moved(lot, LotMoveKind.SHRUNK, -gone, -cost))
                lost += cost
        write(moved, reference=transfer.reference, by=by)
        TransferLine.objects.bulk_update(lines, ["arrived"])
        text = _("Waste received from %(unit)s") % {"unit": transfer.sender.name}
        total = sum(line.cost for line in lines)
        _book(
            f"{transfer.reference}:received",
            text,
            total,
            (transfer.receiver, "stock"),
            (transfer.sender, "transit"),
            by,
        )
        _shrink(f"{transfer.reference}:lost", text, lost, transfer.receiver, by)
        Transfer.objects.filter(pk=transfer.pk).update(
            state=TransferState.RECEIVED, received_at=clock.now(), received_by=by
        )
        transfer.refresh_from_db()
    return transfer


def sort(
    *, unit: WasteUnit, key: UUID, grade: WasteGrade, quantity: int, into: Mapping[WasteGrade, int], by: str
) -> Work:
    """Waste of one grade becomes others, weighed anew; what is missing is shrink.

    Raises:  BadEntry where more comes out than went in, or pieces are involved; WasteGone.
    Writes:  the work, movements, one entry for what was lost. The cost of the rest goes along, by weight.
    """
    came = sum(into.values())
    if any(amount <= 0 for amount in into.values()) or not into or grade in into:
        raise BadEntry(_("Write down into which other grades it was sorted, and how much of each."))
    if came > quantity:
        raise BadEntry(_("More cannot come out than goes in."))
    if any(one.type.measure != Measure.GRAM for one in (grade, *into)):
        raise BadEntry(_("Only what is weighed can be sorted into something else."))
    return _work(unit, key, grade, quantity, into, LossReason.DIRTY if came < quantity else "", "", by)


def write_off(
    *, unit: WasteUnit, key: UUID, grade: WasteGrade, quantity: int, reason: LossReason, note: str, by: str
) -> Work:
    """Waste is no more.

    Raises:  BadEntry; WasteGone.
    Writes:  the work, movements, one entry from stock to shrink.
    """
    return _work(unit, key, grade, quantity, {}, reason, note, by)


def _work(
    unit: WasteUnit,
    key: UUID,
    grade: WasteGrade,
    quantity: int,
    into: Mapping[WasteGrade, int],
    reason: str,
    note: str,
    by: str,
) -> Work:
    with transaction.atomic():
        lock_unit(unit)
        before = Work.objects.filter(key=key).first()
        if before is not None:
            return before
        lost = quantity - sum(into.values())
        kept, gone = split(take(unit, {grade: quantity})[grade.pk], lost)
        made = save_numbered(
            Work(
                key=key,
                unit=unit,
                grade=grade,
                quantity=quantity,
                outcome={str(one.pk): amount for one, amount in into.items()},
                lost=lost,
                reason=reason,
                note=note.strip()[:240],
                at=clock.now(),
                by=by,
            )
        )
        moved = [*out(kept, LotMoveKind.SORTED_OUT), *out(gone, LotMoveKind.SHRUNK)]
        moved += _sorted_in(unit, kept, into)
        write(moved, reference=made.reference, by=by)
        text = _("Shrink of %(name)s") % {"name": grade}
        _shrink(made.reference, text, sum(one.cost for one in gone), unit, by)
    return made


def _sorted_in(unit: WasteUnit, kept: list[Portion], into: Mapping[WasteGrade, int]) -> list[Moved]:
    """What came of the portions, for each origin in proportion; the last of an origin takes the odd grams and rupiah."""
    if not into:
        return []
    origins: dict[int, Portion] = {}
    for one in kept:
        so_far = origins.get(one.lot.origin_id, Portion(one.lot, 0, 0))
        origins[one.lot.origin_id] = Portion(one.lot, so_far.quantity + one.quantity, so_far.cost + one.cost)
    grades = sorted(into, key=lambda grade: grade.pk)
    lots = lots_of_day(
        unit,
        ((origin, grade.pk) for origin in origins for grade in grades),
        clock.today(current_region().time_zone),
    )
    left = {grade.pk: into[grade] for grade in grades}
    moved = []
    for place, (origin, portion) in enumerate(sorted(origins.items()), start=1):
        is_last = place == len(origins)
        parts = list(left.values()) if is_last else shares(portion.quantity, list(left.values()))
        costs = shares(portion.cost, parts)
        for grade, quantity, cost in zip(grades, parts, costs, strict=True):
            left[grade.pk] -= quantity
            if quantity:
                moved.append(Moved(lots[origin, grade.pk], LotMoveKind.SORTED_IN, quantity, cost))
    return moved


def _shrink(key: str, text: str, cost: int, unit: WasteUnit, by: str) -> None:
    _book(f"{key}:shrink", text, cost, (unit, "shrink"), (unit, "stock"), by)


def _book(
    key: str, text: str, cost: int, to: tuple[WasteUnit, UnitBook], source: tuple[WasteUnit, UnitBook], by: str
) -> None:
    """Nothing is booked for waste that cost nothing."""
    if cost:
        post(
            key=key,
            text=text,
            postings=[
                Posting(of_unit(*to), cost),
                Posting(of_unit(*source), -cost),
            ],
            by=by,
        )
