"""Each request is bound to one site before anything else looks at it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.db import OperationalError, connection
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import set_urlconf
from django.utils.translation import gettext as _
from psycopg.errors import QueryCanceled

from tenants.context import in_region, on_platform
from tenants.fairness import Busy, at_each_statement, fairness
from tenants.hosts import site_for
from tenants.kernel.errors import DomainError
from tenants.models import Region, RegionStatus

log = logging.getLogger(__name__)

Handler = Callable[[HttpRequest], HttpResponse]

STATUS_PAGES: dict[str, tuple[str, int]] = {
    RegionStatus.BUILDING: ("static_pages/region_building.html", 503),
    RegionStatus.FAILED: ("static_pages/region_building.html", 503),
    RegionStatus.SUSPENDED: ("static_pages/region_suspended.html", 503),
    RegionStatus.CLOSED: ("static_pages/region_closed.html", 410),
}


def _static_page(template: str, status: int, **words: str) -> HttpResponse:
    response = HttpResponse(get_template(template).render(words), status=status)
    response.headers["Cache-Control"] = "no-store"
    if status == 503:
        response.headers["Retry-After"] = "30"
    return response


def _shut(region: Region) -> HttpResponse:
    """The page of a region that does not answer. What a browser has kept of it is to be forgotten."""
    response = _static_page(*STATUS_PAGES[region.status], note=region.status_note, moved_to=region.moved_to)
    if region.status in (RegionStatus.SUSPENDED, RegionStatus.CLOSED):
        # Not "storage": sales that a till has not sent yet lie there.
        response.headers["Clear-Site-Data"] = '"cache"'
        response.headers["X-Warsa-Shut"] = region.status
    return response


@cache
def busy_page() -> str:
    """What a visitor reads while a region has used up its share."""
    return str(get_template("static_pages/region_busy.html").render({}))


def _busy(request: HttpRequest, busy: Busy) -> HttpResponse:
    """Many come to this region at once: the next moment has room again. Costs nothing but these words."""
    response: HttpResponse
    if request.path.startswith("/api/"):
        told = {"type": "urn:warsa:problem:busy", "title": "Too Many Requests", "status": 429, "code": "busy"}
        response = JsonResponse(told, status=429, content_type="application/problem+json")
    else:
        response = HttpResponse(busy_page(), status=429)
    response.headers["Retry-After"] = str(busy.seconds)
    response.headers["Cache-Control"] = "no-store"
    return response


class SiteMiddleware:
    """Host -> platform or region, for exactly as long as the request lasts.

    An unknown host gets a static 404 with nothing of the platform in it; a region that is not READY gets its status page,
    with no query besides the registry's.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.region = None  # type: ignore[attr-defined]
        with on_platform():
            site = site_for(request.META.get("HTTP_HOST", ""))
            if site is None:
                return HttpResponseNotFound(_static_page("static_pages/404_unknown_host.html", 404).content)
            if site.is_released:
                return _static_page("static_pages/host_released.html", 410)
            if site.region is None:
                return self._serve(
                    request, settings.INTERNAL_URLCONF if site.is_internal else settings.PUBLIC_SCHEMA_URLCONF
                )
        region: Region = site.region
        if region.status != RegionStatus.READY:
            return _shut(region)
        if request.path.startswith(settings.STATIC_URL):
            # The same files for all regions: nobody's share.
            with in_region(region):
                request.region = request.tenant = region  # type: ignore[attr-defined]
                return self._serve(request, settings.ROOT_URLCONF)
        try:
            with (
                fairness.seat(region.schema_name, region.share, site.host),
                connection.execute_wrapper(at_each_statement),
                in_region(region),
            ):
                request.region = region  # type: ignore[attr-defined]
                request.tenant = region  # type: ignore[attr-defined]  # the name that users of django-tenants know
                return self._serve(request, settings.ROOT_URLCONF)
        except Busy as busy:
            return _busy(request, busy)

    def _serve(self, request: HttpRequest, urlconf: str) -> HttpResponse:
        request.urlconf = urlconf  # type: ignore[attr-defined]
        set_urlconf(urlconf)
        response = self.get_response(request)
        if response.streaming and not isinstance(response, FileResponse):
            raise TypeError(
                "a streamed answer would run after the region is unbound; send it from a file or in one piece"
            )
        return response


class DomainErrorMiddleware:
    """A refusal that no view caught becomes a page, or a fragment for htmx, that says what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError) and isinstance(error.__cause__, QueryCanceled):
            # The database ends what takes longer than a page may (infra/database/roles.py).
            log.warning("too slow: %s", request.path)
            error = TooSlow(
                _("This took too long and was stopped; nothing was changed. Ask for less at once, or try again.")
            )
        if not isinstance(error, DomainError):
            return None
        tell = getattr(request.resolver_match.func if request.resolver_match else None, "tell_refusal", refused)
        answer: HttpResponse = tell(request, error)
        return answer


class TooSlow(DomainError):
    """A query took longer than a page may wait."""

    code = "too_slow"
    status = 503


def refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The page, or the fragment for htmx, that tells a refusal."""
    log.info("refused: %s", error.code)
    template = "errors/_refused.html" if request.headers.get("HX-Request") else "errors/refused.html"
    return render(request, template, {"error": error}, status=error.status)
