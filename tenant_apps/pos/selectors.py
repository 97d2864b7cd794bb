"""What the counter sells, sold and is owed, by who may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum
from django.http import Http404

from tenant_apps.ledger.models import Account
from tenant_apps.pos.models import BonCustomer, CashDay, CashMove, CounterSale, CounterSaleLine, DayState, SaleState
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import offers_of
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock

# How far back the most sold goods are looked for.
LATELY = timedelta(days=30)


def business_day(warung: Warung) -> date:
    """The day in whose closing a sale counts now: the one at work; after its counting the next one."""
    today = clock.today(current_region().time_zone)
    newest = CashDay.objects.filter(warung=warung).order_by("-day").first()
    if newest is None:
        return today
    if newest.state == DayState.OPEN:
        return newest.day
    return max(today, newest.day + timedelta(days=1))


@dataclass(frozen=True)
class Good:
    """A pack as the counter offers it."""

    pack_id: int
    product_id: str
    name: str
    label: str
    price: int
    market_price: int
    barcode: str
    category: str
    other_names: str


def goods_of(warung: Warung) -> list[Good]:
    """Everything that the warung sells now, most sold lately first, then by name. Two queries."""
    times = sold_lately(warung)
    offers = sorted(offers_of(warung), key=lambda offer: -times.get(offer.pack_id, 0))
    return [_good(offer) for offer in offers]


def sold_lately(warung: Warung) -> dict[int, int]:
    """How often each pack went over the counter in the last days, by pack id."""
    since = clock.now() - LATELY
    rows = (
        CounterSaleLine.objects.filter(sale__warung=warung, sale__at__gte=since, sale__state=SaleState.DONE)
        .exclude(pack=None)
        .order_by()
        .values("pack_id")
        .annotate(times=Count("pk"))
    )
    return {row["pack_id"]: row["times"] for row in rows}


def good_for(warung: Warung, pack_id: int) -> WarungPrice | None:
    """The pack as the warung sells it now; None for what it does not sell."""
    return offers_of(warung).filter(pack_id=pack_id).first()


def sale_for(warung: Warung, number: str) -> CounterSale:
    """A sale of this warung.

    Raises:  Http404 for another's and for what is not there.
    """
    found = CounterSale.objects.select_related("warung", "customer").filter(warung=warung, number=number).first()
    if found is None:
        raise Http404("no such sale")
    return found


def sales_of(warung: Warung, day: date | None = None) -> QuerySet[CounterSale]:
    """Sales of the warung, newest first."""
    rows = CounterSale.objects.select_related("customer").filter(warung=warung).order_by("-pk")
    return rows if day is None else rows.filter(day=day)


def to_review(warung: Warung) -> QuerySet[CounterSale]:
    """Sales of goods that nobody had counted, until somebody has looked at the shelf."""
    rows = CounterSale.objects.filter(warung=warung, short=True, reviewed_at=None).order_by("pk")
    return rows.prefetch_related("shortfalls__product")


@dataclass(frozen=True)
class Takings:
    """What a day's sales come to, by how they were paid."""

    count: int
    total: int
    cash: int
    qris: int
    bon: int
    savings: int


def takings_of(warung: Warung, day: date) -> Takings:
    """The sums of a day's counter sales, without those that were taken back."""
    sums = CounterSale.objects.filter(warung=warung, day=day, state=SaleState.DONE).aggregate(
        count=Count("pk"),
        total=Sum("total", default=0),
        cash=Sum("cash", default=0),
        qris=Sum("qris", default=0),
        bon=Sum("bon", default=0),
        savings=Sum("savings", default=0),
    )
    return Takings(**{name: int(value) for name, value in sums.items()})


def bons_of(warung: Warung) -> QuerySet[BonCustomer]:
    """Bon customers of the warung, by name; closed ones too."""
    return BonCustomer.objects.filter(warung=warung).order_by("name", "pk")


def bon_for(warung: Warung, public_id: UUID) -> BonCustomer:
    """A bon customer of this warung.

    Raises:  Http404 for another's and for what is not there.
    """
    found = BonCustomer.objects.select_related("warung").filter(warung=warung, public_id=public_id).first()
    if found is None:
        raise Http404("no such bon")
    return found


def owed_by(customers: Iterable[BonCustomer]) -> dict[int, int]:
    """What each of them owes, by their pk; one query."""
    codes = {f"warung:{one.warung_id}:{one.book}": one.pk for one in customers}
    found = dict.fromkeys(codes.values(), 0)
    for code, balance in Account.objects.filter(code__in=codes).values_list("code", "balance"):
        found[codes[code]] = balance
    return found


def owed_to(warung: Warung) -> int:
    """What all bon customers owe this warung."""
    rows = Account.objects.filter(warung=warung, code__startswith=f"warung:{warung.pk}:bon:")
    return int(rows.aggregate(total=Sum("balance", default=0))["total"])


def bon_account(customer: BonCustomer) -> Account | None:
    """The ledger's account of a bon; None until something was written on it."""
    return Account.objects.filter(code=f"warung:{customer.warung_id}:{customer.book}").first()


def day_at_work(warung: Warung) -> CashDay | None:
    """The day that is not closed."""
    return CashDay.objects.filter(warung=warung).exclude(state=DayState.CLOSED).first()


def day_for(warung: Warung, day: date) -> CashDay:
    """A day of this warung's drawer.

    Raises:  Http404.
    """
    found = CashDay.objects.select_related("warung").filter(warung=warung, day=day).first()
    if found is None:
        raise Http404("no such day")
    return found


def days_of(warung: Warung) -> QuerySet[CashDay]:
    """Days of the drawer, newest first."""
    return CashDay.objects.filter(warung=warung).order_by("-day")


def moves_of(warung: Warung, day: date) -> QuerySet[CashMove]:
    """What went in and out of the drawer on a day without a sale."""
    return CashMove.objects.filter(warung=warung, day=day).order_by("pk")


def in_the_drawer(warung: Warung) -> int:
    """Cash that the books expect in the drawer now."""
    account = Account.objects.filter(code=f"warung:{warung.pk}:cash").first()
    return 0 if account is None else account.balance


def _good(offer: WarungPrice) -> Good:
    pack, product = offer.pack, offer.pack.product
    return Good(
        pack_id=pack.pk,
        product_id=str(product.public_id),
        name=product.name,
        label=pack.label,
        price=offer.price,
        market_price=offer.market_price,
        barcode=pack.barcode,
        category=product.category.slug,
        other_names=product.synonyms,
    )
