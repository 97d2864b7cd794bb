"""An operator inside a region, by the region's leave: what they are here, what they may, and the row that each page leaves.

They come as a person of their own, made for this access, who holds no role in the database: what they may is given to the
request, and only while the access is open. They look like an admin and a Satker officer look, and change only what
tenants.support names: settings, never money, stock, people or keys.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from shared_apps.support.errors import NotForSupport
from shared_apps.support.models import SupportAccess
from shared_apps.support.selectors import access_of
from tenant_apps.accounts.access import Member, Role
from tenants.access import SIGNED_IN
from tenants.audit.services import record
from tenants.context import region_is_bound
from tenants.identity.models import User
from tenants.middleware import refused
from tenants.read_only import SAFE

KEY = "support"
ROLES = frozenset({Role.ADMIN, Role.SATKER})
BACKEND = "tenants.identity.backends.AddressBackend"


class SupportMember(Member):
    """An operator whom the region let in."""

    def __init__(self, user: User, access: SupportAccess) -> None:
        super().__init__(user)
        self.access = access
        self.__dict__["roles"] = ROLES

    @property
    def actor(self) -> str:
        return self.access.actor


def let_in(request: HttpRequest, access: SupportAccess) -> None:
    """From now on this browser is the operator's, until the access ends. Whoever was signed in with it is signed out."""
    user, _made = User.objects.get_or_create(
        public_id=uuid5(NAMESPACE_URL, f"warsa-support:{access.public_id}"),
        defaults={"name": _("Support: %(name)s") % {"name": access.operator_name}, "password": "!"},
    )
    login(request, user, backend=BACKEND)
    request.session[KEY] = str(access.public_id)
    assert access.until is not None
    request.session.set_expiry(access.until)


class SupportMiddleware:
    """Asks at each request whether the access still holds. Stands before AudienceMiddleware, which then asks the member."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.support = None  # type: ignore[attr-defined]
        if not region_is_bound() or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        public_id = request.session.get(KEY)
        if public_id is None:
            return self.get_response(request)
        access = access_of(public_id)
        if access is None or not access.lets_in or not isinstance(request.user, User):
            logout(request)
            return redirect("support_over")
        request.support = access  # type: ignore[attr-defined]
        request.member = SupportMember(request.user, access)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        access: SupportAccess | None = getattr(request, "support", None)
        if access is None:
            return None
        match = request.resolver_match
        allowed = _allows(request, view)
        record(
            "support.asked_page" if allowed else "support.was_refused",
            by=access.actor,
            target=request.path.replace("\x00", "")[:160],
            details={"method": request.method, "page": match.view_name if match else "", "name": access.operator_name},
            request=str(getattr(request, "request_id", ""))[:40],
        )
        if allowed:
            return None
        tell = getattr(view, "tell_refusal", refused)
        answer: HttpResponse = tell(
            request,
            NotForSupport(
                _(
                    "Support may look at this region's work and mend its settings, but not do this. Ask the region's admin."
                )
            ),
        )
        return answer


def _allows(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """What support may: look at pages of offices and at public ones, and change what is named. Nothing of the API."""
    audience = getattr(view, "audience", None)
    if getattr(view, "way_out", False):
        return True
    if getattr(view, "closed_to_support", False) or audience is None or hasattr(view, "tell_refusal"):
        return False
    if request.method not in SAFE:
        return bool(getattr(view, "open_to_support", False))
    # What everybody signed in has for themselves is nobody else's.
    return audience is not SIGNED_IN
