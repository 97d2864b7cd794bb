"""What everybody may check: how a price went against the market, and what was saved."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.selectors import first_pack, product_for
from tenant_apps.pricing.history import chart, prices_by_day
from tenant_apps.pricing.limits import ceilings_by_product
from tenant_apps.pricing.purchases import purchases
from tenant_apps.pricing.savings import (
    FIRST_YEAR,
    asked_month,
    asked_year,
    month_span,
    this_year,
    warungs_of_year,
    year_of,
)
from tenant_apps.pricing.selectors import price_rule
from tenants.access import public_page, signed_in
from tenants.forms import asked_text
from tenants.kernel.cells import harmless
from tenants.kernel.money import rupiah_text

A_PAGE = 30

officers = roles_only(Role.SATKER)


@public_page
@require_safe
def price_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Our price against the market's over the last months, as a picture and as a table."""
    product = product_for(public_id)
    pack = first_pack(product)
    days = prices_by_day(pack) if pack else []
    label = _("How the price of %(product)s went, here and at the market") % {"product": product.name}
    context = {
        "product": product,
        "pack": pack,
        "days": list(reversed(days)),
        "now": days[-1] if days else None,
        "chart": chart(days, label),
        "rule": price_rule(),
        "ceiling": ceilings_by_product([product.pk]).get(product.pk),
    }
    return render(request, "pricing/price_page.html", context)


@signed_in
@require_safe
def savings(request: RegionRequest) -> HttpResponse:
    """What the person saved in a year; a month opens its orders, an order its lines."""
    user = request.member.user
    month, document = asked_month(asked_text(request, "bulan")), asked_text(request, "pesanan")
    if document:
        lines = purchases().lines_of(user=user, document=document)
        return render(request, "pricing/savings_lines.html", {"lines": lines, "document": document, **_sums(lines)})
    if month is not None:
        since, until = month_span(month)
        orders = purchases().documents(user=user, since=since, until=until)
        page = Paginator(orders, A_PAGE).get_page(request.GET.get("page"))
        return render(request, "pricing/savings_month.html", {"month": month, "page": page, **_sums(orders)})
    year = year_of(asked_year(asked_text(request, "tahun")), user)
    return render(request, "pricing/savings.html", {"year": year, **_years(year.year)})


def _sums(rows: object) -> dict[str, int]:
    told = list(rows)  # type: ignore[call-overload]
    return {"saved": sum(one.saved for one in told), "paid": sum(one.paid for one in told)}


def _years(year: int) -> dict[str, int | None]:
    return {
        "before": year - 1 if year > FIRST_YEAR else None,
        "after": year + 1 if year < this_year() else None,
    }


@officers
@require_safe
def region_savings(request: RegionRequest) -> HttpResponse:
    """What the region's people saved in a year, by month and warung."""
    year = year_of(asked_year(asked_text(request, "tahun")))
    bars = [(date_format(one.month, "M"), one.saved, rupiah_text(one.saved)) for one in year.months]
    page = Paginator(warungs_of_year(year.year), A_PAGE).get_page(request.GET.get("page"))
    return render(
        request, "pricing/region_savings.html", {"year": year, "bars": bars, "page": page, **_years(year.year)}
    )


@officers
@require_safe
def savings_table(request: RegionRequest) -> HttpResponse:
    """The same as a table for spreadsheets."""
    year = asked_year(asked_text(request, "tahun"))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["month", "warung", "orders", "paid", "saved"])
    for one in warungs_of_year(year):
        writer.writerow([one.month.strftime("%Y-%m"), harmless(one.warung), one.documents, one.paid, one.saved])
    # The mark tells spreadsheets that this is UTF-8.
    answer = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="hemat-{year}.csv"'
    return answer
