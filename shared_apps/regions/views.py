"""The door to the search of areas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from shared_apps.regions.models import Level
from shared_apps.regions.selectors import search_areas
from tenants.access import public_page
from tenants.limits import within_limit

# A longer text is not a name; it is cut, so that no request makes the database work long.
LONGEST_TEXT = 80
# Twice a second without a pause is no person typing. Many people may share an address; a session is one browser.
MOST_PER_MINUTE = 120
MOST_PER_MINUTE_AND_ADDRESS = 1_200


def levels_from(texts: list[str]) -> tuple[Level, ...]:
    """The levels named in `?levels=`, once or often, with commas; unknown words are passed over."""
    words = [word for text in texts for word in text.split(",")]
    return tuple(Level(word) for word in words if word in Level.values)


@public_page
@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Areas whose names fit `q`, as options of a list, or as JSON for those that ask for it; 429 in a flood."""
    if not _may_ask(request):
        return HttpResponse(status=429, headers={"Retry-After": "60", "Cache-Control": "no-store"})
    return _found(request)


def _may_ask(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    # Reading the session is what tells a real one from an invented cookie.
    browser = f"session {request.session.session_key}" if request.session.keys() else f"address {address}"
    return within_limit("areas", browser, most=MOST_PER_MINUTE, seconds=60) and within_limit(
        "areas.address", address, most=MOST_PER_MINUTE_AND_ADDRESS, seconds=60
    )


@vary_on_headers("Accept")
@cache_control(private=True, max_age=300)
def _found(request: HttpRequest) -> HttpResponse:
    text = (request.GET.get("q") or request.GET.get("area_search") or "")[:LONGEST_TEXT]
    hits = search_areas(text, levels=levels_from(request.GET.getlist("levels")))
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(
            {
                "areas": [
                    {
                        "code": hit.area.code,
                        "name": hit.area.name,
                        "kind": hit.area.kind,
                        "level": hit.area.level,
                        "postal_code": hit.area.postal_code,
                        "path": hit.path,
                    }
                    for hit in hits
                ]
            }
        )
    return render(request, "regions/_options.html", {"hits": hits, "text": text.strip()})
