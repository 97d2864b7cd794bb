"""Where a provider tells the region what happened. The host says which region; the signature says who speaks."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from tenant_apps.payments.providers import provider_called
from tenant_apps.payments.services.events import apply_event, keep_event
from tenants.access import public_page
from tenants.read_only import open_while_read_only

log = logging.getLogger(__name__)

# A notification has about one kilobyte.
MOST_BYTES = 64 * 1024


@public_page
@open_while_read_only
@csrf_exempt
@require_POST
def midtrans(request: HttpRequest) -> HttpResponse:
    """Kept as it came, then applied. 200 says that it is kept: what then fails is taken up by the next minute."""
    provider = provider_called("midtrans")
    if provider is None:
        return HttpResponse(status=404)
    if not (request.META.get("CONTENT_LENGTH") or "0").isdecimal() or _length(request) > MOST_BYTES:
        return HttpResponse(status=413)
    event = keep_event(provider=provider, body=request.body, headers=request.headers)
    if event is None:
        return HttpResponse(status=403)
    if event.applied_at is None:
        try:
            apply_event(event, provider=provider)
        except Exception:
            log.exception("payment event %s is not applied yet", event.pk)
    return HttpResponse("OK", content_type="text/plain")


def _length(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)
