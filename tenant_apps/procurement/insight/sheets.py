"""Lists of insight as tables for spreadsheets: one row each, numbers as numbers, texts harmless (`tenants.exports`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from django.http import FileResponse, HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenant_apps.procurement.insight.deliveries import ArticleScore, DeliveredOrder, SupplierScore
from tenant_apps.procurement.insight.idle import Idle
from tenant_apps.procurement.insight.savings import Saved, SavedLine
from tenant_apps.procurement.insight.trends import Trend
from tenants.context import current_region
from tenants.exports import csv_file, xlsx_file
from tenants.kernel.cells import Cell

# More rows are asked for period by period.
MOST_ROWS = 20_000
FILES: dict[str, Callable[[str, Iterable[Iterable[Cell]]], FileResponse]] = {"csv": csv_file, "xlsx": xlsx_file}


def asked_file(
    request: HttpRequest, what: str, period: str, rows: Callable[[], Iterator[Sequence[Cell]]]
) -> FileResponse | None:
    """The list as a file where the address asks for one, named by region and period; None where it does not."""
    make = FILES.get(request.GET.get("unduh", ""))
    if make is None:
        return None
    return make(f"{what}-{slugify(current_region().name)}-{period}", islice(rows(), MOST_ROWS + 1))


def supplier_rows(found: Iterable[SupplierScore]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Supplier"),
        _("Orders"),
        _("Packs ordered"),
        _("Good packs received"),
        _("Packs rejected"),
        _("Fill rate (‰)"),
        _("Complete and on time (‰)"),
        _("Days promised, median"),
        _("Days until delivery, median"),
        _("Days until delivery, 9 of 10"),
        _("Orders too late"),
    ]
    for one in found:
        told = one.score
        yield [
            one.name,
            told.orders,
            told.packs,
            told.received,
            told.rejected,
            told.fill_rate,
            told.otif,
            told.promised_median,
            told.lead_median,
            told.lead_p90,
            told.late,
        ]


def article_rows(found: Iterable[ArticleScore]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Supplier"),
        _("SKU"),
        _("Article"),
        _("Pack"),
        _("Orders"),
        _("Packs ordered"),
        _("Good packs received"),
        _("Packs rejected"),
        _("Fill rate (‰)"),
    ]
    for one in found:
        yield [
            one.supplier_name,
            one.sku,
            one.name,
            one.pack_label,
            one.orders,
            one.packs,
            one.received,
            one.rejected,
            one.fill_rate,
        ]


def order_rows(found: Iterable[DeliveredOrder]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Order"),
        _("State"),
        _("Sent on"),
        _("Promised on"),
        _("Received on"),
        _("Packs ordered"),
        _("Good packs received"),
        _("Packs rejected"),
    ]
    for one in found:
        told = one.facts
        yield [
            one.number,
            one.state_text,
            told.sent_on.isoformat(),
            told.promised_on.isoformat() if told.promised_on else "",
            told.received_on.isoformat() if told.received_on else "",
            told.packs,
            told.received,
            told.rejected,
        ]


def trend_rows(found: Iterable[Trend]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Product"),
        _("Supplier"),
        _("Article"),
        _("SKU"),
        _("Pack"),
        _("Day"),
        _("Supplier's price"),
        _("Market"),
        _("Where"),
    ]
    for one in found:
        for day in one.days:
            yield [
                one.adoption.product.name,
                one.adoption.supplier_name,
                one.adoption.article_name,
                one.adoption.sku,
                one.adoption.pack_label,
                day.day.isoformat(),
                day.ours,
                day.market,
                day.where,
            ]


def idle_rows(found: Iterable[Idle]) -> Iterator[Sequence[Cell]]:
    yield [
        _("Product"),
        _("On hand"),
        _("Unit"),
        _("Lies there since"),
        _("Days"),
        _("Cost value"),
        _("Good until"),
        _("Suggestion"),
    ]
    for one in found:
        yield [
            one.product.name,
            one.on_hand,
            one.product.base_unit,
            f"{one.since:%Y-%m-%d}",
            one.days,
            one.value,
            one.expires_on.isoformat() if one.expires_on else "",
            str(one.suggestion.label),
        ]


def saving_rows(what: str, number: str, found: Iterable[Saved]) -> Iterator[Sequence[Cell]]:
    yield [what, _("Note"), number, _("Price paid"), _("Alone"), _("Saved"), _("Saved (‰)")]
    for one in found:
        yield [one.name, one.note, one.number, one.paid, one.alone, one.saved, one.share]


def saved_line_rows(found: Iterable[SavedLine]) -> Iterator[Sequence[Cell]]:
    yield [_("Product"), _("Pack"), _("Units"), _("Price paid"), _("Alone"), _("Saved"), _("Compared with")]
    ways = {"supplier": _("the same suppliers"), "market": _("the market"), "unknown": _("nothing")}
    for one in found:
        told = one.told
        yield [
            one.good.product_name,
            one.good.pack_label,
            told.units,
            told.paid,
            told.alone,
            told.saved,
            ways[told.way],
        ]
