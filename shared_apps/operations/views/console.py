"""The operators' pages of regions: the table of all, one region, views that an operator keeps."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Q, Sum
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from shared_apps.operations.access import operators, operators_only
from shared_apps.operations.areas import days_of_region
from shared_apps.operations.board import (
    VERSIONS,
    Filter,
    csv_rows,
    filter_of,
    plans,
    regions_by,
    rows_of,
    stale_at,
    with_figures,
)
from shared_apps.operations.errors import ViewRefused
from shared_apps.operations.keeping_views import drop_view, keep_view
from shared_apps.operations.models import OperatorRole, SavedView
from shared_apps.operations.selectors import regions_by_status
from shared_apps.regions.models import Area, Level
from tenants.backup.models import SideSchema
from tenants.exports import csv_file
from tenants.fleet.models import FleetTask
from tenants.hosts import region_url
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.paging import CountedPaginator
from tenants.models import Region, RegionStatus

# A view of their own is kept by whoever may look.
readers_too = operators(writes=OperatorRole.READER)

ROWS = 50
RUNS = 10
SPANS = (30, 90)
# Column, its words, whether numbers stand in it.
COLUMNS: tuple[tuple[str, str | Promise, bool], ...] = (
    ("name", gettext_lazy("Region"), False),
    ("status", gettext_lazy("Status"), False),
    ("last_order", gettext_lazy("Last order"), False),
    ("orders", gettext_lazy("Orders, 30 days"), True),
    ("gmv", gettext_lazy("Sales, 30 days"), True),
    ("warungs", gettext_lazy("Open warungs"), True),
    ("errors", gettext_lazy("Errors, 24 hours"), True),
    ("queue", gettext_lazy("Queue"), True),
    ("storage", gettext_lazy("Storage"), True),
    ("backup", gettext_lazy("Backup"), False),
    ("measured", gettext_lazy("Told"), False),
)
VERSION_WORDS = {
    "current": gettext_lazy("at this version"),
    "behind": gettext_lazy("behind"),
    "parked": gettext_lazy("parked"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column: where it leads, and which way it is sorted now."""

    label: str | Promise
    href: str
    sorted: str
    number: bool


@operators_only
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """All regions with what they told of themselves; filtered, sorted, fifty a page."""
    asked = filter_of(request.GET)
    page = CountedPaginator(with_figures(regions_by(asked)), ROWS).get_page(request.GET.get("page"))
    statuses = regions_by_status()
    context = {
        "page": page,
        "rows": rows_of(page.object_list),
        "columns": _columns(asked),
        "asked": asked,
        "statuses": [(code, label, number, asked.with_(status=code)) for code, label, number in statuses],
        "everything": asked.with_(status=""),
        "all": sum(number for _status, _label, number in statuses),
        "views": list(SavedView.objects.filter(user=_operator(request))),
        "plans": plans(),
        "versions": [(code, VERSION_WORDS[code]) for code in VERSIONS],
        "areas": _areas_to_choose(asked.area),
        "sums": _sums(),
    }
    return render(request, "operations/console.html", context)


@operators_only
@require_safe
def console_csv(request: HttpRequest) -> FileResponse:
    """The whole table of a filter for a spreadsheet."""
    return csv_file(f"wilayah-{clock.today().isoformat()}", csv_rows(regions_by(filter_of(request.GET))))


@operators_only
@require_safe
def region(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything that the platform knows of one region."""
    found = get_object_or_404(with_figures(Region.objects.select_related("registration")), public_id=public_id)
    span = SPANS[1] if request.GET.get("days") == str(SPANS[1]) else SPANS[0]
    (row,) = rows_of([found])
    tasks = FleetTask.objects.filter(region=found).select_related("run").order_by("-run_id")[:RUNS]
    domains = list(found.domains.all())
    context = {
        "row": row,
        "one": found,
        "days": days_of_region(found, span),
        "span": span,
        "spans": SPANS,
        "tasks": list(tasks),
        "side": SideSchema.objects.filter(region=found).first(),
        "counters": list(found.counters.order_by("name")),
        "site": region_url(found) if domains and found.status == RegionStatus.READY else "",
    }
    return render(request, "operations/region.html", context)


@readers_too
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """The filter of the page keeps a name."""
    query = request.POST.get("query", "")
    try:
        view = keep_view(user=_operator(request), name=request.POST.get("name", ""), query=query)
    except ViewRefused as refused:
        messages.error(request, refused.message)
        return redirect(reverse("operations:console"))
    messages.success(request, _("The view %(name)s is kept.") % {"name": view.name})
    return redirect(f"{reverse('operations:console')}?{view.query}")


@readers_too
@require_POST
def remove_view(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A view of the operator's own is gone."""
    drop_view(view=get_object_or_404(SavedView, user=_operator(request), public_id=public_id))
    return redirect("operations:console")


def _columns(asked: Filter) -> list[Column]:
    found = []
    for name, label, number in COLUMNS:
        up, down = asked.sort == name, asked.sort == f"-{name}"
        # The first tap on a number shows the largest.
        following = f"-{name}" if up or (number and not down) else name
        found.append(
            Column(label, asked.with_(sort=following), "ascending" if up else "descending" if down else "", number)
        )
    return found


def _areas_to_choose(code: str) -> list[tuple[str, str]]:
    """The provinces, and the area that is chosen now where it lies deeper."""
    wanted = Q(level=Level.PROVINCE, retired_on__isnull=True) | Q(code=code)
    return list(Area.objects.filter(wanted).order_by("code").values_list("code", "name"))


def _sums() -> dict[str, int]:
    """The fleet in numbers, in one query."""
    serving = Q(status=RegionStatus.READY)
    told = Region.objects.exclude(status=RegionStatus.CLOSED).aggregate(
        warungs=Sum("rollup__warungs", default=0),
        orders=Sum("rollup__orders_30d", default=0),
        gmv=Sum("rollup__gmv_30d", default=0),
        errors=Sum("rollup__errors_24h", default=0),
        silent=Count("pk", filter=serving & stale_at(clock.now())),
    )
    return {name: int(value) for name, value in told.items()}


def _operator(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
