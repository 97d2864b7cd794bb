"""Savings against buying alone, by cycle, month, warung and good: sums of what `services.saving` wrote down."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.http import Http404

from tenant_apps.procurement.insight.alone import Compared, Way
from tenant_apps.procurement.insight.fulfilment import thousandths
from tenant_apps.procurement.insight.periods import ORDERED, Period
from tenant_apps.procurement.insight.reckoning import compared
from tenant_apps.procurement.models import Cycle, CycleGood, CycleOrder, CycleSaving, GoodSaving, OrderSaving


@dataclass(frozen=True)
class Saved:
    """What something cost, and what it would have cost alone, in rupiah. `number` counts orders, or units of a good."""

    name: str
    note: str
    number: int
    paid: int
    alone: int
    key: str = ""

    @property
    def saved(self) -> int:
        return self.alone - self.paid

    @property
    def less(self) -> int:
        """By how much it would have been cheaper alone."""
        return max(-self.saved, 0)

    @property
    def share(self) -> int | None:
        """Of what it would have cost alone, in thousandths; rounded towards nought."""
        found = thousandths(abs(self.saved), self.alone)
        return found if found is None or self.saved >= 0 else -found


@dataclass(frozen=True)
class SavedSum(Saved):
    """Of a whole period; `unknown` is what was paid for goods that nothing can be compared with."""

    unknown: int = 0
    warungs: int = 0
    unfinished: int = 0
    waiting: int = 0


def _of(period: Period, prefix: str) -> Q:
    """What belongs to the period: a cycle alone, or the cycles that were to be delivered in it."""
    if period.cycle is not None:
        return Q(**{f"{prefix}cycle": period.cycle})
    return Q(**{f"{prefix}cycle__deliver_on__gte": period.first, f"{prefix}cycle__deliver_on__lte": period.last})


def _orders(period: Period) -> QuerySet[OrderSaving]:
    return OrderSaving.objects.filter(_of(period, "saving__"))


def total(period: Period) -> SavedSum:
    """Everything of the period. Three queries."""
    sums = _orders(period).aggregate(
        number=Count("pk"),
        paid=Sum("paid", default=0),
        alone=Sum("alone", default=0),
        unknown=Sum("unknown", default=0),
        warungs=Count("order__warung", distinct=True),
    )
    unfinished = CycleSaving.objects.filter(_of(period, ""), final=False).count()
    rows = Cycle.objects.filter(state__in=ORDERED, saving=None)
    if period.cycle is not None:
        rows = rows.filter(pk=period.cycle.pk)
    else:
        rows = rows.filter(deliver_on__gte=period.first, deliver_on__lte=period.last)
    return SavedSum(name=period.label, note="", unfinished=unfinished, waiting=rows.count(), **sums)


def by_cycle(period: Period, text: str = "") -> list[Saved]:
    """The newest first."""
    rows = _orders(period).order_by()
    for word in text.split()[:6]:
        rows = rows.filter(Q(saving__cycle__name__icontains=word) | Q(saving__cycle__number__icontains=word))
    sums = rows.values(number=F("saving__cycle__number"), name=F("saving__cycle__name")).annotate(
        orders=Count("pk"), paid=Sum("paid"), alone=Sum("alone"), made=Max("saving__cycle__made_at")
    )
    return [
        Saved(row["name"], row["number"], row["orders"], row["paid"], row["alone"], row["number"])
        for row in sums.order_by("-made", "number")
    ]


def by_warung(period: Period, text: str = "") -> list[Saved]:
    """Who saved most first."""
    rows = _orders(period).order_by()
    for word in text.split()[:6]:
        rows = rows.filter(order__warung__name__icontains=word)
    sums = rows.values("order__warung__public_id", "order__warung__name").annotate(
        orders=Count("pk"), paid=Sum("paid"), alone=Sum("alone")
    )
    return _most_first(
        Saved(
            row["order__warung__name"],
            "",
            row["orders"],
            row["paid"],
            row["alone"],
            str(row["order__warung__public_id"]),
        )
        for row in sums
    )


def by_good(period: Period, text: str = "") -> list[Saved]:
    """By product and pack; what saved most first."""
    rows = GoodSaving.objects.filter(_of(period, "saving__")).order_by()
    for word in text.split()[:6]:
        rows = rows.filter(good__product_name__icontains=word)
    sums = rows.values("good__product", "good__base_quantity").annotate(
        name=Max("good__product_name"),
        label=Max("good__pack_label"),
        number=Sum("units"),
        paid=Sum("paid"),
        alone=Sum("alone"),
    )
    return _most_first(Saved(row["name"], row["label"], row["number"], row["paid"], row["alone"]) for row in sums)


def by_month(period: Period) -> list[tuple[date, Saved]]:
    """By the month of delivery, the earliest first."""
    sums = (
        _orders(period)
        .annotate(month=TruncMonth("saving__cycle__deliver_on"))
        .order_by("month")
        .values("month")
        .annotate(orders=Count("pk"), paid=Sum("paid"), alone=Sum("alone"))
    )
    return [(row["month"], Saved("", "", row["orders"], row["paid"], row["alone"])) for row in sums]


def _most_first(rows: Iterable[Saved]) -> list[Saved]:
    return sorted(rows, key=lambda one: (-one.saved, one.name, one.note, one.key))


@dataclass(frozen=True)
class SavedLine:
    """A good of one warung's order, compared."""

    good: CycleGood
    told: Compared

    @property
    def by_market(self) -> bool:
        return self.told.way == Way.MARKET

    @property
    def unknown(self) -> bool:
        return self.told.way == Way.UNKNOWN


def order_in(number: str, warung: UUID) -> CycleOrder:
    """A warung's order in a cycle that was ordered.

    Raises:  Http404.
    """
    rows = CycleOrder.objects.select_related("cycle", "warung")
    found = rows.filter(cycle__number=number, cycle__state__in=ORDERED, warung__public_id=warung).first()
    if found is None:
        raise Http404("no such order")
    return found


def lines_of(order: CycleOrder) -> Sequence[SavedLine]:
    """Its goods by name, as they are now."""
    goods = {good.pk: good for good in order.cycle.goods.all()}
    rows = [SavedLine(goods[one.good], one) for _pk, found in compared(order.cycle, order) for one in found]
    return sorted(rows, key=lambda one: (one.good.product_name, one.good.pk))


def saving_of(order: CycleOrder) -> OrderSaving | None:
    """What was written down for an order."""
    return OrderSaving.objects.select_related("saving").filter(order=order).first()
