"""The Satker's insight into wholesale: how suppliers deliver, how prices went, what lies there; each list as a file too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.pricing.history import chart
from tenant_apps.procurement.insight import sheets
from tenant_apps.procurement.insight.deliveries import articles, delivered, scores, supplier_named, under_way
from tenant_apps.procurement.insight.fulfilment import score
from tenant_apps.procurement.insight.idle import STEPS, idle_stock, value_of
from tenant_apps.procurement.insight.periods import Period, PeriodForm, today_here
from tenant_apps.procurement.insight.savings import by_month, total
from tenant_apps.procurement.insight.trends import adopted, every_trend, trends
from tenant_apps.procurement.templatetags.insight import percent
from tenant_apps.procurement.views.satker import for_satker
from tenant_apps.satker.selectors import the_satker
from tenant_apps.suppliers.selectors import adoption_for
from tenants.forms import asked_text
from tenants.kernel.money import rupiah_text

PER_PAGE = 25
# So many bars are read at a glance.
BARS = 8


class Asked:
    """The period that the address asks for, and the form that shows it. A period that cannot be is said, with status 400."""

    def __init__(self, request: RegionRequest) -> None:
        self.form = PeriodForm(request.GET if request.GET.keys() & {"periode", "dari", "sampai"} else {})
        self.period: Period = self.form.period()
        self.status = 400 if self.form.errors else 200
        self.text = asked_text(request)

    def answer(self, request: RegionRequest, template: str, context: dict[str, Any]) -> HttpResponseBase:
        told = {"period": self.period, "form": self.form, "wanted": self.text, **context}
        return render(request, f"procurement/insight/{template}.html", told, status=self.status)


def paged(request: RegionRequest, rows: Any) -> Any:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def month_bars(period: Period) -> list[tuple[str, int, str]]:
    """What was saved month by month; of one month alone nothing is drawn."""
    months = by_month(period)
    if len(months) < 2:
        return []
    return [(date_format(day, "M Y"), one.saved, rupiah_text(one.saved)) for day, one in months]


@for_satker
@require_safe
def overview(request: RegionRequest) -> HttpResponseBase:
    """The few numbers that matter."""
    asked = Asked(request)
    orders = delivered(asked.period)
    found = scores(orders)
    idle = idle_stock(the_satker(), STEPS[1])
    lacking = sorted(found, key=lambda one: (one.score.fill_rate or 0, one.name))[:BARS]
    context = {
        "all": score(order.facts for order in orders),
        "saved": total(asked.period),
        "bars": month_bars(asked.period),
        "under_way": under_way(asked.period),
        "fill_bars": [(one.name, one.score.fill_rate or 0, percent(one.score.fill_rate)) for one in lacking],
        "idle": len(idle),
        "idle_value": value_of(idle),
        "idle_days": STEPS[1],
    }
    return asked.answer(request, "overview", context)


@for_satker
@require_safe
def suppliers_page(request: RegionRequest) -> HttpResponseBase:
    """How each supplier delivered."""
    asked = Asked(request)
    found = scores(delivered(asked.period))
    words = asked.text.casefold().split()
    found = [one for one in found if all(word in one.name.casefold() for word in words)]
    file = sheets.asked_file(request, _("suppliers"), asked.period.name, lambda: sheets.supplier_rows(found))
    return file or asked.answer(request, "suppliers", {"page": paged(request, found)})


@for_satker
@require_safe
def supplier_page(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """One supplier: its articles, or its orders one by one."""
    supplier, asked = supplier_named(public_id), Asked(request)
    orders = delivered(asked.period, public_id)
    tab = "pesanan" if request.GET.get("tab") == "pesanan" else "barang"
    rows: list[Any] = orders if tab == "pesanan" else articles(asked.period, public_id, asked.text)
    table = sheets.order_rows if tab == "pesanan" else sheets.article_rows
    name = f"{_('supplier')}-{tab}"
    file = sheets.asked_file(request, name, asked.period.name, lambda: table(rows))
    context = {
        "supplier": supplier,
        "score": score(order.facts for order in orders),
        "tab": tab,
        "page": paged(request, rows),
    }
    return file or asked.answer(request, "supplier", context)


@for_satker
@require_safe
def prices_page(request: RegionRequest) -> HttpResponseBase:
    """How the prices of adopted articles went."""
    asked = Asked(request)
    rows = adopted(asked.text)
    file = sheets.asked_file(
        request, _("supplier-prices"), asked.period.name, lambda: sheets.trend_rows(every_trend(rows, asked.period))
    )
    if file is not None:
        return file
    page = paged(request, rows)
    return asked.answer(request, "prices", {"page": page, "trends": trends(list(page), asked.period)})


@for_satker
@require_safe
def price_page(request: RegionRequest, public_id: UUID) -> HttpResponseBase:
    """One adopted article: the supplier's price beside the market's, as a picture and as a table."""
    adoption, asked = adoption_for(public_id), Asked(request)
    (trend,) = trends([adoption], asked.period)
    file = sheets.asked_file(request, _("supplier-price"), asked.period.name, lambda: sheets.trend_rows([trend]))
    label = _("How the price of %(product)s went, at the supplier and at the market") % {
        "product": adoption.article_name
    }
    context = {"adoption": adoption, "trend": trend, "days": trend.days[::-1], "chart": chart(trend.days, label)}
    return file or asked.answer(request, "price", context)


@for_satker
@require_safe
def idle_page(request: RegionRequest) -> HttpResponseBase:
    """What lies in the store room and nobody takes."""
    text, told = asked_text(request), request.GET.get("hari", "")
    days = next((step for step in STEPS if str(step) == told), STEPS[0])
    rows = idle_stock(the_satker(), days, text)
    name = f"{today_here().isoformat()}-{days}"
    file = sheets.asked_file(request, _("dead-stock"), name, lambda: sheets.idle_rows(rows))
    context = {
        "page": paged(request, rows),
        "value": value_of(rows),
        "unknown": sum(row.value is None for row in rows),
        "days": days,
        "steps": STEPS,
        "wanted": text,
    }
    return file or render(request, "procurement/insight/idle.html", context)
