"""Savings against buying alone: by cycle, warung and good, and one warung's goods in a cycle; each list as a file too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement.insight import sheets
from tenant_apps.procurement.insight.periods import Period, of_cycle
from tenant_apps.procurement.insight.savings import Saved, by_cycle, by_good, by_warung, lines_of, order_in, total
from tenant_apps.procurement.views.insight import Asked, month_bars, paged
from tenant_apps.procurement.views.satker import for_satker


@dataclass(frozen=True)
class Grouping:
    """One way to look at savings; `number` says what its rows count."""

    name: str
    label: str | Promise
    number: str | Promise
    rows: Callable[[Period, str], list[Saved]]


GROUPINGS = (
    Grouping("warung", gettext_lazy("Warungs"), gettext_lazy("Orders"), by_warung),
    Grouping("putaran", gettext_lazy("Cycles"), gettext_lazy("Warungs"), by_cycle),
    Grouping("barang", gettext_lazy("Goods"), gettext_lazy("Units"), by_good),
)


@for_satker
@require_safe
def savings_page(request: RegionRequest) -> HttpResponseBase:
    """What warungs saved in the period."""
    asked = Asked(request)
    told = request.GET.get("tab", "")
    group = next((one for one in GROUPINGS if one.name == told), GROUPINGS[0])
    rows = group.rows(asked.period, asked.text)
    file = sheets.asked_file(
        request,
        f"{_('savings')}-{group.name}",
        asked.period.name,
        lambda: sheets.saving_rows(str(group.label), str(group.number), rows),
    )
    context = {
        "sum": total(asked.period),
        "bars": month_bars(asked.period),
        "groups": GROUPINGS,
        "group": group,
        "tab": group.name,
        "page": paged(request, rows),
    }
    return file or asked.answer(request, "savings", context)


@for_satker
@require_safe
def order_page(request: RegionRequest, number: str, public_id: UUID) -> HttpResponseBase:
    """One warung's goods in a cycle, each beside what it would have cost alone."""
    order, asked = order_in(number, public_id), Asked(request)
    lines = lines_of(order)
    name = f"{_('savings')}-{order.warung.slug if order.warung else ''}"
    file = sheets.asked_file(request, name, of_cycle(order.cycle).name, lambda: sheets.saved_line_rows(lines))
    told = [line.told for line in lines]
    context = {
        "order": order,
        "cycle": order.cycle,
        "lines": lines,
        "sum": Saved("", "", len(told), sum(one.paid for one in told), sum(one.alone for one in told)),
    }
    return file or asked.answer(request, "order", context)
