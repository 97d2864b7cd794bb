"""Where Stripe tells what happened. The signature says who speaks, the stored customer whose it is."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from shared_apps.billing.errors import BadEvent
from shared_apps.billing.stripe.events import keep_event
from tenants.access import public_page

log = logging.getLogger(__name__)

# The longest that Stripe sends has some tens of kilobytes.
MOST_BYTES = 512 * 1024


@public_page
@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> HttpResponse:
    """200 says that it is kept, and a worker applies it; 400 that it is none of ours, and that nothing was written."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    try:
        keep_event(body=request.body, signature=request.headers.get("Stripe-Signature", ""))
    except BadEvent as refusal:
        log.warning("an event was refused: %s", refusal)
        return HttpResponse(status=400)
    return HttpResponse("OK", content_type="text/plain")
