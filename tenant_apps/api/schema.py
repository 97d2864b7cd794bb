"""How an endpoint's declaration becomes OpenAPI, without a word of it written twice."""

from __future__ import annotations

from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

if TYPE_CHECKING:
    from tenant_apps.api.endpoint import Endpoint, Operation


class ProblemField(serializers.Serializer[Any]):
    """What is wrong with one field."""

    pointer = serializers.CharField(allow_blank=True, help_text="JSON pointer into the body, or the query's field.")
    detail = serializers.CharField()
    code = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """A refusal (RFC 9457). `detail` says what happened and what to do, in the caller's language; `code` never changes."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()
    # The metaclass takes declared fields off the class: the attributes of the base stay what they are.
    context = serializers.DictField(  # type: ignore[assignment]
        required=False, help_text="Facts of the refusal, such as every line that moved."
    )
    errors = ProblemField(many=True, required=False)  # type: ignore[assignment]


EXAMPLES = {
    409: {
        "type": "urn:warsa:problem:basket_moved",
        "title": "Conflict",
        "status": 409,
        "code": "basket_moved",
        "detail": "Ada yang berubah selagi Anda belanja.",
        "context": {
            "prices": [{"pack": 7, "product_name": "Beras medium", "pack_label": "kg", "old": 14500, "new": 14700}],
            "withdrawn": [],
            "shortages": [],
            "fee": None,
        },
    },
    422: {
        "type": "urn:warsa:problem:invalid",
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "invalid",
        "detail": "Ada isian yang belum benar.",
        "errors": [{"pointer": "/lines/0/quantity", "detail": "Pastikan nilai ini minimal 1.", "code": "min_value"}],
    },
    429: {
        "type": "urn:warsa:problem:throttled",
        "title": "Too Many Requests",
        "status": 429,
        "code": "throttled",
        "detail": "Permintaan terlalu banyak.",
    },
}


@lru_cache
def page_shape(shape: type[serializers.Serializer[Any]]) -> Any:
    """A page of these; one class for each, since the document knows shapes by their class."""
    cursor = serializers.CharField(allow_null=True, help_text="Ask with it for the next page; null on the last one.")
    name = shape.__name__.removesuffix("Shape")
    return inline_serializer(f"{name}Page", {"items": shape(many=True), "next_cursor": cursor})


class ApiSchema(AutoSchema):
    """Reads `Operation`s."""

    @property
    def what(self) -> Operation:
        # Endpoints alone have this schema.
        found = cast("Endpoint", self.view).operation_of(self.method)
        if found is None:
            raise LookupError(f"{self.method} {self.path} declares no operation")
        return found

    def get_operation_id(self) -> str:
        return f"{type(self.view).__name__}_{self.method.lower()}"

    def get_tags(self) -> list[str]:
        return [self.view.__class__.__module__.rpartition(".")[2]]

    def get_summary(self) -> str:
        return str(self.what.summary)

    # drf-spectacular asks without path and method.
    def get_description(self) -> str:  # type: ignore[override]
        what = self.what
        scope = "" if what.scope == "public" else f"`{what.scope}`"
        whose = _("For the owner alone.") if what.for_owners else ""
        return " ".join(part for part in (str(what.about), whose, scope) if part)

    def get_auth(self) -> list[dict[str, Any]]:
        # Asked in any case: it also notes how the ways of signing in are described.
        ways: list[dict[str, Any]] = super().get_auth()
        return [*ways, {}] if self.what.scope == "public" else ways

    def get_override_parameters(self) -> list[Any]:
        from tenant_apps.api.endpoint import PageQuery

        what = self.what
        parameters: list[Any] = [one for one in (what.query, PageQuery if what.paged else None) if one]
        parameters.append(
            OpenApiParameter(
                "Accept-Language", str, OpenApiParameter.HEADER, enum=["id", "en"], description="Language of texts."
            )
        )
        if what.needs_key:
            parameters.append(
                OpenApiParameter(
                    "Idempotency-Key",
                    {"type": "string", "minLength": 8, "maxLength": 120, "pattern": "^[!-~]{8,120}$"},
                    OpenApiParameter.HEADER,
                    required=True,
                    description="New for each new step. The same key with the same request gives the same answer for 30"
                    " days (header `Idempotency-Replayed: true`); with another request it is refused with 422.",
                )
            )
        return parameters

    def get_request_serializer(self) -> Any:
        return self.what.takes

    def get_response_serializers(self) -> Any:
        what = self.what
        answers: dict[Any, Any] = {what.status: self._good(what)}
        for status in sorted(self._refusals(what)):
            example = EXAMPLES.get(status)
            answers[status, "application/problem+json"] = OpenApiResponse(
                Problem,
                description=HTTPStatus(status).phrase,
                examples=[OpenApiExample("example", value=example)] if example else None,
            )
        return answers

    def _good(self, what: Operation) -> Any:
        if what.answers is None:
            return OpenApiResponse(description="Done.")
        if not what.paged:
            return what.answers
        return page_shape(what.answers)

    def _refusals(self, what: Operation) -> set[int]:
        # An Authorization header that is wrong is refused by open doors too.
        found = {401, 429, *what.refusals}
        if what.scope != "public":
            found |= {403, 404}
        if what.takes:
            found |= {400, 415, 422}
        if what.query or what.paged:
            found |= {400, 422}
        if what.needs_key:
            found |= {400, 409, 415, 422}
        if what.takes:
            found.add(413)
        if "{" in self.path:
            found.add(404)
        return found
