"""The operators' pages of the fleet: runs, one run, regions that are parked, regions that differ."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.operations.access import operators_only
from shared_apps.operations.selectors import fleet_numbers
from shared_apps.operations.services import retry_parked
from tenants.fleet import selectors
from tenants.fleet.models import FleetRun

ROWS = 25


@operators_only
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Where the fleet stands, and its runs, the newest first."""
    page = Paginator(selectors.runs(), ROWS).get_page(request.GET.get("page"))
    context = {"numbers": fleet_numbers(), "page": page, "rows": selectors.rows_of_runs(page.object_list)}
    return render(request, "operations/fleet_runs.html", context)


@operators_only
@require_safe
def run(request: HttpRequest, number: int) -> HttpResponse:
    """One run: its waves, what failed; while it is under way the page asks again by itself."""
    found = get_object_or_404(FleetRun, pk=number)
    page = Paginator(selectors.failures_of(found), ROWS).get_page(request.GET.get("page"))
    context = {
        "row": selectors.run_with_sums(found),
        "run": found,
        "page": page,
        "migrations": sorted({name for names in found.plans.values() for name in names or []}),
        "unplanned": any(names is None for names in found.plans.values()),
    }
    piece = getattr(request, "htmx", False)
    return render(request, "operations/_fleet_run.html" if piece else "operations/fleet_run.html", context)


@operators_only
@require_safe
def parked(request: HttpRequest) -> HttpResponse:
    """Regions that no run migrates until somebody has looked at them."""
    page = Paginator(selectors.parked(), ROWS).get_page(request.GET.get("page"))
    return render(request, "operations/fleet_parked.html", {"numbers": fleet_numbers(), "page": page})


@operators_only
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A parked region is tried once more, in the background."""
    one = get_object_or_404(selectors.parked(), region__public_id=public_id)
    retry_parked(region=one.region)
    messages.success(request, _("%(name)s is tried again now.") % {"name": one.region.name})
    return redirect("operations:fleet_parked")


@operators_only
@require_safe
def drift(request: HttpRequest) -> HttpResponse:
    """Regions whose schema is not what its release says."""
    page = Paginator(selectors.drifts(), ROWS).get_page(request.GET.get("page"))
    context = {"numbers": fleet_numbers(), "page": page, "last": selectors.last_run(FleetRun.Kind.VERIFY)}
    return render(request, "operations/fleet_drift.html", context)
