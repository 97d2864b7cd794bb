"""What lies in store, what is on the way, and what was sold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Min, Q, QuerySet, Sum
from django.http import Http404

from tenant_apps.bank_sampah.models import (
    Buyer,
    Lot,
    Transfer,
    WasteGrade,
    WasteSale,
    WasteUnit,
)


@dataclass(frozen=True)
class StoreRow:
    """What a unit has of a grade: base units, what was given for it in rupiah, since when the oldest lies there."""

    grade: WasteGrade
    on_hand: int
    cost: int
    since: date

    @property
    def unit_cost(self) -> int:
        """Rupiah given for a kilogram or a piece, rounded up."""
        return -(-self.cost * self.grade.type.per // self.on_hand)


def store_of(unit: WasteUnit) -> list[StoreRow]:
    """Everything that lies at the unit, by grade. Two queries."""
    rows = Lot.objects.filter(unit=unit, on_hand__gt=0).order_by().values("grade")
    told = {row["grade"]: row for row in rows.annotate(n=Sum("on_hand"), given=Sum("cost"), since=Min("day"))}
    grades = WasteGrade.objects.filter(pk__in=told).select_related("type").order_by("type__code", "pk")
    return [StoreRow(one, int(told[one.pk]["n"]), int(told[one.pk]["given"]), told[one.pk]["since"]) for one in grades]


def transfers_of(unit: WasteUnit) -> QuerySet[Transfer]:
    """What the unit sent or gets; what is on the way comes first."""
    rows = Transfer.objects.filter(Q(sender=unit) | Q(receiver=unit)).select_related("sender", "receiver")
    return rows.order_by("-state", "-pk")


def transfer_for(unit: WasteUnit, number: str) -> Transfer:
    """One of them.

    Raises:  Http404.
    """
    found = transfers_of(unit).filter(number=number).first()
    if found is None:
        raise Http404("no such transfer of this unit")
    return found


@dataclass(frozen=True)
class TransferRow:
    """A grade of a transfer; `arrived` is None while it is on the way."""

    grade: WasteGrade
    quantity: int
    arrived: int | None

    @property
    def lost(self) -> int:
        return self.quantity - (self.arrived or 0)


def rows_of(transfer: Transfer) -> list[TransferRow]:
    """By grade, whatever lots it came from."""
    found: dict[int, TransferRow] = {}
    for line in transfer.lines.select_related("lot__grade__type").order_by("lot__grade__type__code", "pk"):
        grade = line.lot.grade
        before = found.get(grade.pk, TransferRow(grade, 0, None if line.arrived is None else 0))
        arrived = None if line.arrived is None else (before.arrived or 0) + line.arrived
        found[grade.pk] = TransferRow(grade, before.quantity + line.quantity, arrived)
    return list(found.values())


def buyers() -> QuerySet[Buyer]:
    """Who buys waste."""
    return Buyer.objects.filter(is_active=True).order_by("name")


def sales_with(words: str = "", units: Iterable[WasteUnit] | None = None) -> QuerySet[WasteSale]:
    """Sales by number, note or buyer, newest first."""
    rows = WasteSale.objects.select_related("buyer", "unit").order_by("-pk")
    if units is not None:
        rows = rows.filter(unit__in=units)
    if words:
        rows = rows.filter(Q(number=words.upper()) | Q(note_number__icontains=words) | Q(buyer__name__icontains=words))
    return rows


def sale_for(unit: WasteUnit, number: str) -> WasteSale:
    """A sale of the unit.

    Raises:  Http404.
    """
    found = WasteSale.objects.select_related("buyer", "unit").filter(unit=unit, number=number).first()
    if found is None:
        raise Http404("no such sale of this unit")
    return found
