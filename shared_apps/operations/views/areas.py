"""Figures of official areas: the operators' map of the country, and what it shares with the supervisors' pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.operations.access import operators_only
from shared_apps.operations.areas import AreaPage, area_page, days_of_area, regions_in
from shared_apps.operations.maps import Measure, tile_map
from shared_apps.operations.places import area_with_figures
from shared_apps.regions.models import Area
from tenants.exports import csv_file
from tenants.kernel import clock
from tenants.kernel.cells import Cell

ROWS = 25
SPANS = (30, 90, 365)
CSV_HEAD = (
    "code",
    "area",
    "regions",
    "silent_regions",
    "warungs",
    "warungs_target",
    "trainees",
    "trainees_target",
    "orders_30d",
    "gmv_30d_rupiah",
)


@operators_only
@require_safe
def area(request: HttpRequest, code: str = "") -> HttpResponse:
    """The country, a province, a regency or a kecamatan: figures, map, days, regions."""
    page = area_page(_area(code))
    context = context_of(request, page) | {"area_link": "operations:area", "operator": True}
    return render(request, "operations/area.html", context)


@operators_only
@require_safe
def area_csv(request: HttpRequest, code: str = "") -> FileResponse:
    """The table of that page for a spreadsheet."""
    return file_of(area_page(_area(code)))


def context_of(request: HttpRequest, page: AreaPage) -> dict[str, Any]:
    """What the pages of an area show to whoever may see it."""
    asked = request.GET.get("measure", "")
    measure = Measure(asked) if asked in Measure.values else Measure.TARGET if page.code else Measure.WARUNGS
    span = next((days for days in SPANS if request.GET.get("days") == str(days)), SPANS[0])
    regions = None
    if page.code:
        regions = Paginator(regions_in(page.code), ROWS).get_page(request.GET.get("page"))
    return {
        "page_of_area": page,
        "own": page.figures,
        "map": tile_map(page.children, measure) if page.children else None,
        "measures": Measure.choices,
        "measure": measure,
        "days": days_of_area(page.code, span),
        "span": span,
        "spans": SPANS,
        "regions": regions,
        "now": clock.now(),
    }


def file_of(page: AreaPage) -> FileResponse:
    """The area and what lies right below it, a row each."""
    return csv_file(f"wilayah-{page.code or 'indonesia'}-{clock.today().isoformat()}", _rows(page))


def _rows(page: AreaPage) -> Iterator[Iterable[Cell]]:
    yield CSV_HEAD
    for one in (page.figures, *page.children):
        yield (
            one.code,
            one.name,
            one.regions,
            one.stale,
            one.warungs,
            one.warungs_wanted,
            one.trainees,
            one.trainees_wanted,
            one.orders,
            one.gmv,
        )


def _area(code: str) -> Area | None:
    """The area in force down to the kecamatan; None for the country.

    Raises:  Http404.
    """
    if not code:
        return None
    found = area_with_figures(code)
    if found is None:
        raise Http404("no such area")
    return found
