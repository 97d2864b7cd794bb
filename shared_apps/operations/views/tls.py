"""What the proxy asks before it orders a certificate (Caddy's `on_demand_tls` … `ask`)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenants.access import public_page
from tenants.lifecycle import certificates
from tenants.limits import within_limit

# Anybody makes the proxy ask by calling a made-up host: what is refused is counted, and never stops a host that is ours.
MOST_REFUSALS_A_MINUTE = 600


@public_page
@require_safe
def may_have_certificate(request: HttpRequest) -> HttpResponse:
    """200 for a host that people are to reach here, 404 for any other, and for whoever is not the proxy."""
    asker = request.META.get("REMOTE_ADDR", "")
    if not certificates.may_ask(asker):
        return _answer(404)
    if certificates.may_have_certificate(request.GET.get("domain", "")):
        return _answer(200)
    return _answer(404 if within_limit("tls", asker, most=MOST_REFUSALS_A_MINUTE, seconds=60) else 429)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Nothing else stands at names of our own servers, and nobody looks at it."""
    return _answer(404)


def _answer(status: int) -> HttpResponse:
    return HttpResponse(status=status, headers={"Cache-Control": "no-store"}, content_type="text/plain")
