"""The API's description, for programs and for people; and what stands at every other address."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path
from django.utils.translation import get_language, override
from django.views.decorators.http import condition, require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from tenant_apps.api.endpoint import PUBLIC, Endpoint, operation
from tenant_apps.api.reading import sections_of
from tenants.access import public_page
from tenants.cache import remembered
from tenants.context import current_region
from tenants.provisioning import current_version

KEPT_SECONDS = 3_600


def document() -> dict[str, Any]:
    """The OpenAPI document of the bound region."""
    patterns = [path("api/v1/", include("tenant_apps.api.urls"))]
    generator = SchemaGenerator(patterns=patterns)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found["info"]["title"] = f"WARSA {current_region().name}"
    return found


def _version(request: HttpRequest) -> str:
    return f'"{current_version()}"'


def _rendered() -> bytes:
    with override("en"):
        rendered: bytes = OpenApiJsonRenderer().render(document(), renderer_context={})
        return rendered


@public_page
@require_safe
@condition(etag_func=_version)
def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3 as JSON; kept, since it changes with the release alone."""
    key = f"api.schema.{current_version()}"
    body = remembered(key, KEPT_SECONDS, _rendered)
    answer = HttpResponse(body, content_type="application/vnd.oai.openapi+json")
    answer.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    return answer


@public_page
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What there is, for people."""
    key = f"api.index.{current_version()}.{get_language()}"
    sections = remembered(key, KEPT_SECONDS, lambda: sections_of(document()))
    return render(request, "api/index.html", {"sections": sections})


class NotThere(Endpoint):
    """Every other address below /api/v1/: a problem, not a page."""

    schema = None

    @operation(PUBLIC, "Nothing")
    def get(self, request: Request, rest: str) -> Response:
        raise Http404("no such endpoint")

    post = put = patch = delete = get
