from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.operations.access import operators_only
from shared_apps.operations.selectors import regions_by_status, regions_for_console


@operators_only
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Regions with status and last activity."""
    page = Paginator(regions_for_console(), 50).get_page(request.GET.get("page"))
    return render(request, "operations/console.html", {"page": page, "statuses": regions_by_status()})
