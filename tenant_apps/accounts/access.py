"""Who is asking, and the doors that roles open."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from tenant_apps.accounts.models import Role
from tenants.access import Audience, View, for_audience
from tenants.context import region_is_bound
from tenants.identity.models import User
from tenants.kernel.asking import value_of

__all__ = ["Member", "MemberMiddleware", "RegionRequest", "Role", "roles_only"]


_ROLES = "SELECT coalesce(array_agg(role), '{}') FROM accounts_rolegrant WHERE user_id = %s"


class Member:
    """The person behind a request to a region's site; also the visitor whom nobody knows."""

    def __init__(self, user: AbstractBaseUser | AnonymousUser) -> None:
        # Django's own lazy object: a page that asks for nobody asks the database for nobody.
        self._user = user

    @property
    def is_signed_in(self) -> bool:
        return bool(self._user.is_authenticated)

    @property
    def user(self) -> User:
        """The person. Only behind a door for people who are signed in.

        Raises:  LookupError for a visitor.
        """
        if not isinstance(self._user, User):
            raise LookupError("nobody is signed in")
        return self._user

    @cached_property
    def roles(self) -> frozenset[Role]:
        """One query, at the first question."""
        if not self.is_signed_in:
            return frozenset()
        return frozenset(Role(role) for role in value_of(_ROLES, [self.user.pk]))

    @property
    def actor(self) -> str:
        """How history rows name this person."""
        return self.user.actor


class RegionRequest(HttpRequest):
    """A request to a region's site, after the middleware."""

    member: Member


class MemberMiddleware:
    """Gives each request of a region's site its `member`. Stands after the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if region_is_bound():
            request.member = Member(request.user)  # type: ignore[attr-defined]
        return self.get_response(request)


def roles_only(*roles: Role) -> Callable[[View], View]:
    """Declare a view for people who have one of these roles; for all others it is not there."""
    wanted = frozenset(roles)

    def allows(request: HttpRequest) -> bool:
        member: Member | None = getattr(request, "member", None)
        return member is not None and bool(wanted & member.roles)

    return for_audience(Audience("roles: " + ", ".join(sorted(wanted)), allows))
