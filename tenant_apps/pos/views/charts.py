"""What was sold, as pictures, as tables and for a spreadsheet."""

from __future__ import annotations

from datetime import date

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import formats
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.ledger.sheets import Cell, sheet
from tenant_apps.pos.charts import SPANS, TOP, Sold, Span, charts_of
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.kernel.money import rupiah_text

# The Satker's people stand at its Fresh Food stand alone.
owners = roles_only(Role.OWNER, Role.SATKER)


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def charts(request: CounterRequest) -> HttpResponse:
    """The owner's charts."""
    span = _span(request)
    found = charts_of(request.counter.warung, span)
    context = {
        "span": span.name,
        "charts": found,
        "line": [row.total for row in found.by_time],
        "bars": [(_called(row.name, span), row.total, rupiah_text(row.total)) for row in found.by_time],
        "rows": [(_called(row.name, span), row) for row in found.by_time],
        "products": [(row.name, row.total, rupiah_text(row.total)) for row in found.by_product[:TOP]],
        "hours": [(f"{row.name:02}.00", row.total, rupiah_text(row.total)) for row in found.by_hour],
        "ways": [
            (_("Kasir"), found.counter, rupiah_text(found.counter)),
            (_("Orders"), found.orders, rupiah_text(found.orders)),
        ],
    }
    return render(request, "pos/charts.html", context)


@owners
@never_cache
@require_safe
@at_counter
@owners_only
def chart_sheet(request: CounterRequest) -> HttpResponse:
    """The same numbers for a spreadsheet."""
    span = _span(request)
    found = charts_of(request.counter.warung, span)
    head = (_("Kind"), _("Name"), _("Kasir"), _("Orders"), _("Total"))
    rows: list[tuple[Cell, ...]] = [head]
    rows += [_row(_("Stretch of time"), row.name.isoformat(), row) for row in found.by_time]
    rows += [_row(_("Product"), row.name, row) for row in found.by_product]
    rows += [_row(_("Hour"), f"{row.name:02}.00", row) for row in found.by_hour]
    answer = sheet(f"penjualan-{span.name}", rows)
    # A few hundred rows: sent in one piece.
    return HttpResponse(b"".join(answer), headers=dict(answer.headers))


def _row(kind: str, name: str, row: Sold) -> tuple[Cell, ...]:
    return kind, name, row.counter, row.orders, row.total


def _span(request: CounterRequest) -> Span:
    return SPANS.get(request.GET.get("per", ""), SPANS["hari"])


def _called(day: date, span: Span) -> str:
    if span.name == "bulan":
        return formats.date_format(day, "F Y")
    return formats.date_format(day, "j M")
