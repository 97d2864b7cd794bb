from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.operations.access import operators_only
from shared_apps.operations.selectors import regions_by_status, regions_for_console, rows_of
from tenants.models import RegionStatus


@operators_only
@require_safe
def console(request: HttpRequest) -> HttpResponse:
    """Regions with status, last activity and the numbers that they told of themselves; searched and narrowed by status."""
    text, status = request.GET.get("q", "").strip(), request.GET.get("status", "")
    status = status if status in RegionStatus.values else ""
    page = Paginator(regions_for_console(text=text, status=status), 50).get_page(request.GET.get("page"))
    statuses = regions_by_status()
    context = {
        "page": page,
        "rows": rows_of(page.object_list),
        "statuses": statuses,
        "all": sum(number for _status, _label, number in statuses),
        "q": text,
        "status": status,
    }
    return render(request, "operations/console.html", context)
