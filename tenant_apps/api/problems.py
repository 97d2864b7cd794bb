"""Every refusal is a problem document (RFC 9457) in the caller's language."""

from __future__ import annotations

import logging
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from tenant_apps.api.errors import StillWorking
from tenant_apps.catalog.models import Product
from tenant_apps.warungs.models import Warung
from tenants.kernel.errors import DomainError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


# The framework's own words are not in every language, and do not say what to do.
WORDS: dict[str, str | Promise] = {
    "not_authenticated": gettext_lazy("Sign in, or send a key: Authorization: Bearer warsa_…"),
    "permission_denied": gettext_lazy(
        "This key or session may not do that. A key needs the scope that the description names."
    ),
    "not_found": gettext_lazy("There is no such thing here."),
    "method_not_allowed": gettext_lazy(
        "This address does not know that method. The Allow header names those that it knows."
    ),
    "unsupported_media_type": gettext_lazy("Send JSON, with Content-Type: application/json."),
    "parse_error": gettext_lazy("This is not JSON that can be read."),
    "throttled": gettext_lazy("Too many requests. Wait as long as Retry-After says."),
}


def problem(error: Exception) -> Response | None:
    """The answer for an error; None for a defect, which is the server's own 500."""
    if isinstance(error, DomainError):
        log.info("refused: %s", error.code)
        return _answer(error.status, error.code, str(error.message), context=_told(error.context), error=error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        text = _("Some fields are not right. Look at what is named here.")
        return _answer(422, "invalid", text, errors=pointed(error.detail))
    if isinstance(error, exceptions.APIException):
        code = error.default_code
        text = str(error.detail if (own := WORDS.get(code)) is None else own)
        return _answer(error.status_code, code, text, error=error)
    return None


def _answer(
    status: int,
    code: str,
    detail: str,
    *,
    context: dict[str, Any] | None = None,
    errors: list[dict[str, str]] | None = None,
    error: Exception | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:warsa:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
    if context:
        body["context"] = context
    if errors:
        body["errors"] = errors
    answer = Response(body, status=status, content_type=MEDIA_TYPE)
    if (header := getattr(error, "auth_header", None)) is not None:
        answer["WWW-Authenticate"] = header
    wait = 1 if isinstance(error, StillWorking) else getattr(error, "wait", None)
    if wait is not None:
        answer["Retry-After"] = str(max(1, round(wait)))
    return answer


def pointed(detail: Any, pointer: str = "") -> list[dict[str, str]]:
    """What is wrong with each field, by JSON pointer."""
    if isinstance(detail, dict):
        return [
            one
            for name, inner in detail.items()
            for one in pointed(inner, pointer if name == "non_field_errors" else f"{pointer}/{_escaped(str(name))}")
        ]
    if isinstance(detail, list):
        if any(isinstance(one, (dict, list)) for one in detail):
            return [one for place, inner in enumerate(detail) for one in pointed(inner, f"{pointer}/{place}")]
        return [one for inner in detail for one in pointed(inner, pointer)]
    return [{"pointer": pointer, "detail": str(detail), "code": str(getattr(detail, "code", "invalid"))}]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _told(context: dict[str, Any]) -> dict[str, Any]:
    """The facts of a refusal as JSON; products are named as the API names them."""
    if isinstance(shops := context.get("shops"), dict):
        # A purchase at several warungs: the refusal of each, by the warung's address.
        slugs = dict(Warung.objects.filter(pk__in=shops).values_list("pk", "slug"))
        context = {**context, "shops": [{"warung": slugs.get(pk, ""), **_plain(one)} for pk, one in shops.items()]}
    facts: dict[str, Any] = _plain(context)
    rows = [
        row
        for value in facts.values()
        for row in (value if isinstance(value, list) else [value])
        if isinstance(row, dict)
    ]
    wanted = {row["product_id"] for row in rows if "product_id" in row}
    known = dict(Product.objects.filter(pk__in=wanted).values_list("pk", "public_id")) if wanted else {}
    for row in rows:
        if "product_id" in row:
            row["product"] = str(known.get(row.pop("product_id"), ""))
        if "pack_id" in row:
            row["pack"] = row.pop("pack_id")
    return facts


def _plain(value: Any) -> Any:
    if isinstance(value, DomainError):
        return {"code": value.code, "detail": str(value.message), "context": _told(value.context)}
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(inner) for inner in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Promise):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)
