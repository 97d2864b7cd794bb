"""Outermost: each request has an id, a span, a line in the log and its share in the numbers."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from opentelemetry.trace import SpanKind

from tenants.context import in_region, on_platform
from tenants.models import Region
from tenants.observing import numbers, spans
from tenants.observing.correlation import Work, fresh_id, well_formed, working
from tenants.observing.statements import watched_statements

log = logging.getLogger("warsa.requests")

REQUEST_ID = "X-Request-ID"
# Asked by machines every few seconds: they would be most of the log.
_SILENT = {"healthz", "readyz"}


class ObservingMiddleware:
    """Looks at nothing that a person sent but the method and the route, and at the id that a trusted proxy gave."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID) if settings.PROXIES else None
        work = Work(well_formed(given) or fresh_id())
        request.request_id = work.request_id  # type: ignore[attr-defined]
        carried = {"traceparent": request.headers.get("traceparent", "")} if settings.PROXIES else None
        began = time.perf_counter()
        with (
            working(work),
            watched_statements() as statements,
            spans.span("request", kind=SpanKind.SERVER, carried=carried) as span,
        ):
            response = self.get_response(request)
            seconds = time.perf_counter() - began
            region: Region | None = getattr(request, "region", None)
            site = "region" if region else "platform" if hasattr(request, "urlconf") else "none"
            route = _route(request)
            # The binding is over by now; the line and the span belong where the request was.
            with in_region(region) if region else on_platform():
                spans.describe(span, http_route=route, http_request_method=_method(request))
                spans.describe(span, http_response_status_code=response.status_code)
                if span.is_recording():
                    span.update_name(f"{_method(request)} {route}")
                _count(site, route, response.status_code, seconds, statements.seconds, region)
                if route not in _SILENT:
                    log.info(
                        "request",
                        extra={
                            "site": site,
                            "method": _method(request),
                            "route": route,
                            "status": response.status_code,
                            "ms": round(seconds * 1000, 1),
                            "db_ms": round(statements.seconds * 1000, 1),
                            "statements": statements.number,
                            "user_kind": _user_kind(request),
                            "trace_id": spans.trace_id(),
                        },
                    )
        response.headers[REQUEST_ID] = work.request_id
        # Django would tell refusals once more, with the visitor's path, after region and request are gone.
        response._has_been_logged = True  # type: ignore[attr-defined]
        return response


def _route(request: HttpRequest) -> str:
    """The pattern that matched, which is the code's; never the path, which is the visitor's."""
    match = request.resolver_match
    return (match.route or "/") if match else "none"


def _method(request: HttpRequest) -> str:
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    return request.method if request.method in known else "OTHER"


def _user_kind(request: HttpRequest) -> str:
    """As far as it is known without a query of our own."""
    user = getattr(request, "_cached_user", None)
    if user is None or not user.is_authenticated:
        return "anonymous"
    return "member" if getattr(request, "region", None) else "account"


def _count(site: str, route: str, status: int, seconds: float, database: float, region: Region | None) -> None:
    numbers.requests.labels(site, route, str(status)).inc()
    numbers.request_seconds.labels(site, route).observe(seconds)
    numbers.request_db_seconds.labels(site).observe(database)
    if region is not None:
        bucket = numbers.bucket_of(region.public_id)
        numbers.bucket_requests.labels(bucket).inc()
        numbers.bucket_seconds.labels(bucket).inc(seconds)
