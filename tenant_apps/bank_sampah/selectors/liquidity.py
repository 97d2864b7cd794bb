"""Whether the savings could be paid: cash and unsold waste against what members hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from tenant_apps.bank_sampah.models import Lot, Measure, Member, MemberState, WasteUnit
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.selectors import amounts_of


@dataclass(frozen=True)
class Liquidity:
    """Rupiah. `stock` is what was given for waste that is not sold yet."""

    savings: int
    reserved: int
    cash: int
    stock: int

    @property
    def owed(self) -> int:
        return self.savings + self.reserved

    @property
    def covered(self) -> int:
        return self.cash + self.stock

    @property
    def missing(self) -> int:
        """What would be missing if everybody came today and the waste were sold at its cost."""
        return max(self.owed - self.covered, 0)

    @property
    def cash_percent(self) -> int:
        """How much of the savings the cash boxes could pay at once; 100 where nobody has savings."""
        return 100 if self.owed == 0 else self.cash * 100 // self.owed


@dataclass(frozen=True)
class UnitStand:
    """A unit with its members, cash and unsold waste."""

    unit: WasteUnit
    members: int
    cash: int
    stock: int
    committee: int
    grams: int


def liquidity() -> Liquidity:
    """One query over the accounts."""
    rows = Account.objects.filter(Q(code__startswith="savings:") | Q(code__startswith="waste:"))
    told = rows.aggregate(
        savings=-Sum("balance", filter=Q(code__startswith="savings:", code__endswith=":book"), default=0),
        reserved=-Sum("balance", filter=Q(code__startswith="savings:", code__endswith=":reserved"), default=0),
        cash=Sum("balance", filter=Q(code__startswith="waste:", code__endswith=":cash"), default=0),
        stock=Sum(
            "balance",
            filter=Q(code__startswith="waste:") & (Q(code__endswith=":stock") | Q(code__endswith=":transit")),
            default=0,
        ),
    )
    return Liquidity(**{name: int(value) for name, value in told.items()})


def stands_of_units(units: Iterable[WasteUnit] | None = None) -> list[UnitStand]:
    """All units, or these, with what they have. Four queries."""
    rows = WasteUnit.objects.select_related("warung")
    if units is not None:
        rows = rows.filter(pk__in=[one.pk for one in units])
    found = list(rows.order_by("kind", "name"))
    # By itself: read from the index of active members, not from their rows.
    active = Member.objects.filter(state=MemberState.ACTIVE, unit__in=found).order_by()
    members = dict(active.values_list("unit").annotate(n=Count("*")))
    codes = {f"waste:{one.pk}:{book}" for one in found for book in ("cash", "stock", "committee")}
    money = amounts_of(codes)
    weights = Lot.objects.filter(unit__in=found, on_hand__gt=0, grade__type__measure=Measure.GRAM)
    grams = dict(weights.order_by().values_list("unit").annotate(total=Sum("on_hand")))
    return [
        UnitStand(
            one,
            members.get(one.pk, 0),
            cash=money[f"waste:{one.pk}:cash"],
            stock=money[f"waste:{one.pk}:stock"],
            committee=money[f"waste:{one.pk}:committee"],
            grams=int(grams.get(one.pk, 0)),
        )
        for one in found
    ]
