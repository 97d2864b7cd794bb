"""Who may enter: each view declares its audience, and a view without one is closed.

The middleware asks the view's `audience` before it runs. Anonymous visitors who might be let in are sent to the sign-in page;
signed-in people who may not enter get 404, as for a page that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django_htmx.http import HttpResponseClientRedirect

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Audience:
    """Who a view is for. `allows` is asked for signed-in people only, unless `anonymous`.

    `first`: where somebody who is allowed must go before they may enter; None when nothing is in the way.
    """

    name: str
    allows: Callable[[HttpRequest], bool]
    anonymous: bool = False
    first: Callable[[HttpRequest], str | None] | None = None


PUBLIC_PAGE = Audience("public", lambda request: True, anonymous=True)
SIGNED_IN = Audience("signed in", lambda request: True)


def for_audience(audience: Audience) -> Callable[[View], View]:
    """Declare a view's audience."""

    def mark(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return mark


public_page = for_audience(PUBLIC_PAGE)
signed_in = for_audience(SIGNED_IN)


class AudienceMiddleware:
    """Default deny: no declared audience, no entry."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        audience: Audience | None = getattr(view, "audience", None)
        if audience is None:
            raise Http404("this view has no audience")
        if audience.anonymous:
            return None
        if not request.user.is_authenticated:
            if request.headers.get("HX-Request"):
                return HttpResponseClientRedirect(resolve_url(settings.LOGIN_URL))
            return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
        if not audience.allows(request):
            raise Http404("not for this person")
        if audience.first is not None and (place := audience.first(request)) is not None:
            return HttpResponseClientRedirect(place) if request.headers.get("HX-Request") else redirect(place)
        return None
