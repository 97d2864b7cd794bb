"""The operators' page of the probe, and the page by which a region shows its token."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shared_apps.leak_probe.selectors import findings, last_whole_round, runs
from shared_apps.leak_probe.tokens import cached_token, tokens_seen
from shared_apps.operations.access import operators_only
from tenants.access import public_page
from tenants.kernel.paging import CountedPaginator

ROWS = 25
LAST_RUNS = 10


@operators_only
@never_cache
@require_safe
def probe(request: HttpRequest) -> HttpResponse:
    """Whether it is on, the last whole round, what was found, the last runs."""
    context = {
        "is_on": bool(settings.PROBE_URL),
        "whole": last_whole_round(),
        "page": CountedPaginator(findings(), ROWS).get_page(request.GET.get("page")),
        "runs": runs()[:LAST_RUNS],
    }
    return render(request, "leak_probe/probe.html", context)


@public_page
@require_safe
def mark(request: HttpRequest) -> HttpResponse:
    """The region's token for the probe: by the table in the first line, by the cache in the second."""
    text = f"{' '.join(tokens_seen()) or '-'}\n{cached_token(again=True) or '-'}\n"
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})
