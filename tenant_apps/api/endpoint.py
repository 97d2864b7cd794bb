"""What every endpoint does alike: who may, in which language, how often, once; and what it tells the OpenAPI document.

    class Favourites(Endpoint):
        @operation(Scope.SHOP_READ, "Your favourites", answers=FavouriteShape, paged=True)
        def get(self, request: Request) -> Response: ...

A handler without `@operation` is closed, as a page without an audience is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Literal, cast
from uuid import UUID, uuid5

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.translation import get_language_from_request
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import APIException, ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas.inspectors import ViewInspector
from rest_framework.views import APIView

from tenant_apps.accounts.access import Member
from tenant_apps.api.authentication import SameSiteSession, TokenAuthentication
from tenant_apps.api.models import ApiToken
from tenant_apps.api.once import asked_key, once
from tenant_apps.api.paging import A_PAGE, MOST_A_PAGE, Page
from tenant_apps.api.problems import MEDIA_TYPE, problem
from tenant_apps.api.schema import ApiSchema
from tenant_apps.api.scopes import TOKO_ROLES, TOKO_SCOPES, Scope
from tenant_apps.api.throttling import Throttle
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import owns, warung_for
from tenants.access import Audience
from tenants.kernel.errors import DomainError

# The middleware lets everybody come to the door; the door itself asks for key, scope and role.
API = Audience("api", lambda request: True, anonymous=True)
# A longer cursor is none of ours.
LONGEST_CURSOR = 600
LONGEST_BODY = 1_000_000

Shape = type[serializers.Serializer[Any]]
PUBLIC: Literal["public"] = "public"


@dataclass(frozen=True)
class Operation:
    """One method of one endpoint."""

    scope: Scope | Literal["public"]
    summary: str | Promise
    answers: Shape | None
    takes: Shape | None
    query: Shape | None
    paged: bool
    status: int
    needs_key: bool
    refusals: tuple[int, ...]
    about: str | Promise
    for_owners: bool


class PageQuery(serializers.Serializer[Any]):
    """Which part of a list."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST_A_PAGE, default=A_PAGE, help_text="How many at most.")
    cursor = serializers.CharField(
        max_length=LONGEST_CURSOR, default="", allow_blank=True, help_text="`next_cursor` of the page before."
    )


class NoQuery(serializers.Serializer[Any]):
    """Nothing besides the address."""


def operation(
    scope: Scope | Literal["public"],
    summary: str | Promise,
    *,
    answers: Shape | None = None,
    takes: Shape | None = None,
    query: Shape | None = None,
    paged: bool = False,
    status: int = 200,
    needs_key: bool = False,
    refusals: tuple[int, ...] = (),
    about: str | Promise = "",
    for_owners: bool = False,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Declare a handler: its scope, the shapes of what it takes and answers, and how it may refuse.

    The handler finds `self.asked` (the query) and `self.told` (the body), checked; at the counter `self.here`, the warung.
    `for_owners`: for those who help in the warung it is not there.
    """
    what = Operation(scope, summary, answers, takes, query, paged, status, needs_key, refusals, about, for_owners)

    def declare(handler: Callable[..., Response]) -> Callable[..., Response]:
        @wraps(handler)
        def run(self: Endpoint, request: Request, *args: Any, **kwargs: Any) -> Response:
            if scope in TOKO_SCOPES and "warung" in kwargs:
                self.here = self.warung(kwargs["warung"])
                if for_owners and not owns(self.member, self.here):
                    raise Http404("for the owner")
            # Before anything of the request is judged: what is somebody else's is not there.
            self.find(**kwargs)
            self.asked = self.checked_query(what)
            key = asked_key(request) if needs_key else ""
            self.told = checked(takes, request.data) if takes else {}
            self.key = uuid5(self.member.user.public_id, key) if needs_key else None
            if not needs_key:
                return handler(self, request, *args, **kwargs)
            return once(
                user=self.member.user, key=key, request=request, work=lambda: handler(self, request, *args, **kwargs)
            )

        run.operation = what  # type: ignore[attr-defined]
        return run

    return declare


def checked(shape: Shape, data: Any) -> dict[str, Any]:
    """The values, checked. Raises ValidationError."""
    form = shape(data=data)
    form.is_valid(raise_exception=True)
    values: dict[str, Any] = form.validated_data
    return values


class Scoped(BasePermission):
    """Default deny: no declared operation, no entry."""

    message = _("This key may not do that. Make one with the scope that is needed.")
    code = "insufficient_scope"

    def has_permission(self, request: Request, view: Any) -> bool:
        wanted = view.operation_of(request.method)
        if wanted is None:
            # A method that the endpoint does not know is answered 405 next; one without a declaration stays closed.
            return str(request.method).lower() not in view.allowed_methods_lower()
        if wanted.scope == PUBLIC:
            return True
        if not request.user.is_authenticated:
            return False
        if isinstance(request.auth, ApiToken) and wanted.scope not in request.auth.scopes:
            return False
        if wanted.scope in TOKO_SCOPES and not view.member.roles & TOKO_ROLES:
            # As for a page of the counter: for all others it is not there.
            raise Http404("not for this person")
        return True


class JsonOnly(BaseContentNegotiation):
    """One representation, whatever the Accept header wants."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        from rest_framework.utils.mediatypes import media_type_matches

        kind = request.content_type or ""
        return next((one for one in parsers if media_type_matches(one.media_type, kind)), None)

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> tuple[Any, str]:
        return renderers[0], renderers[0].media_type


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("This is too large. Send it in parts.")


class StrictJson(JSONParser):
    """JSON of a sensible size and depth."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        request = (parser_context or {}).get("request")
        if int((request and request.META.get("CONTENT_LENGTH")) or 0) > LONGEST_BODY:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as deep:
            raise ParseError from deep


class Endpoint(APIView):
    """Base of all endpoints."""

    schema: ViewInspector | None = ApiSchema()
    audience = API
    authentication_classes = [TokenAuthentication, SameSiteSession]
    permission_classes = [Scoped]
    throttle_classes = [Throttle]
    parser_classes = [StrictJson]
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonOnly
    # OPTIONS would describe serializers that no view has.
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    asked: dict[str, Any]
    told: dict[str, Any]
    key: UUID | None
    here: Warung

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.audience = API  # type: ignore[attr-defined]
        view.tell_refusal = _refused  # type: ignore[attr-defined]
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        language = _language(request)
        with translation.override(language):
            # The stub says HttpResponseBase, for views that stream; an endpoint does not.
            response = cast(HttpResponse, super().dispatch(request, *args, **kwargs))
            if hasattr(response, "render"):
                # Now, since lazy words are said in the language that is on.
                response.render()
        response.headers["Content-Language"] = language
        patch_vary_headers(response, ["Accept-Language", "Authorization", "Cookie"])
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        self.member = Member(request.user)

    def get_exception_handler(self) -> Callable[[Exception, Any], Response | None]:
        return lambda error, context: problem(error)

    def allowed_methods_lower(self) -> set[str]:
        return {method.lower() for method in self.allowed_methods}

    def operation_of(self, method: str | None) -> Operation | None:
        """What this method of the endpoint declares; HEAD is GET without a body."""
        handler = getattr(self, {"HEAD": "get"}.get(method or "", (method or "").lower()), None)
        return getattr(handler, "operation", None)

    def checked_query(self, what: Operation) -> dict[str, Any]:
        """The query's values, checked; those of paging for a list."""
        asked = {name: values[-1] for name, values in self.request.GET.lists() if values}
        found = checked(what.query, asked) if what.query else {}
        return {**found, **checked(PageQuery, asked)} if what.paged else found

    def find(self, *args: Any, **names: Any) -> None:
        """What the address names is found, or Http404."""

    def warung(self, public_id: UUID) -> Warung:
        """The warung of this person that the address names."""
        return warung_for(self.member, public_id)

    @property
    def by(self) -> str:
        return self.member.actor


def listed(page: Page, shape: Shape) -> Response:
    """A page of a list as its answer."""
    return Response({"items": shape(page.items, many=True).data, "next_cursor": page.next_cursor})


def _refused(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """A refusal before the endpoint is asked, told as it tells its own."""
    with translation.override(_language(request)):
        told = problem(refusal)
        assert told is not None
        return JsonResponse(told.data, status=told.status_code, content_type=MEDIA_TYPE)


def _language(request: HttpRequest) -> str:
    # The caller's own wish; a page of the site has chosen by cookie.
    if "Accept-Language" in request.headers:
        return get_language_from_request(request) if not request.COOKIES.get("language") else _cookie(request)
    return _cookie(request)


def _cookie(request: HttpRequest) -> str:
    chosen = request.COOKIES.get("language", "")
    return chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
