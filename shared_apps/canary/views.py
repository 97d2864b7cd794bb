"""The operators' page of the canary."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shared_apps.canary.errors import CanaryBusy
from shared_apps.canary.models import CanaryRun
from shared_apps.canary.selectors import course, lately, newest_ended, runs
from shared_apps.canary.services.running import order_run
from shared_apps.operations.access import may, operator_of, operators_only
from shared_apps.operations.models import OperatorRole
from tenants.hosts import region_called
from tenants.kernel.paging import CountedPaginator

ROWS = 25


@operators_only
@never_cache
@require_safe
def canary(request: HttpRequest) -> HttpResponse:
    """How it is now, the last runs with the times of their steps, how long runs take."""
    slug = settings.CANARY_REGION
    context = {
        "slug": slug,
        "one": region_called(slug) if slug else None,
        "newest": newest_ended(),
        "running": runs().filter(state=CanaryRun.State.RUNNING).first(),
        "lately": lately(),
        "course": course(),
        "page": CountedPaginator(runs(), ROWS).get_page(request.GET.get("page")),
        "may_write": may(request, OperatorRole.OPERATOR),
    }
    piece = getattr(request, "htmx", False)
    return render(request, "canary/_canary.html" if piece else "canary/canary.html", context)


@operators_only
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """The trade is tried now."""
    try:
        order_run(by=operator_of(request).actor)
    except CanaryBusy as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The trade is being tried. It stands here in a moment."))
    return redirect("canary:canary")
