"""The operators' doors: by role, and behind a second factor."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from shared_apps.operations.models import OperatorGrant, OperatorRole
from shared_apps.operations.second_factor import is_fresh
from tenants.access import Audience, View, for_audience
from tenants.context import region_is_bound
from tenants.identity.models import User
from tenants.read_only import SAFE


def grant_of(request: HttpRequest) -> OperatorGrant | None:
    """This person's grant, asked once a request; None for whoever is no operator, and on the sites of regions."""
    if region_is_bound() or not request.user.is_authenticated:
        return None
    known: list[OperatorGrant | None] | None = getattr(request, "_operator_grant", None)
    if known is None:
        known = [OperatorGrant.objects.select_related("user").filter(user=request.user.pk).first()]
        request._operator_grant = known  # type: ignore[attr-defined]
    return known[0]


def operator_of(request: HttpRequest) -> User:
    """The operator who asks. Only behind a door of operators."""
    grant = grant_of(request)
    assert grant is not None
    user: User = grant.user
    return user


def may(request: HttpRequest, role: OperatorRole) -> bool:
    """Whether this operator has that role or a higher one."""
    grant = grant_of(request)
    return grant is not None and OperatorRole(grant.role).covers(role)


def second_factor_first(request: HttpRequest) -> str | None:
    """Where an operator goes who has shown only a password: to show the second factor, or to get one."""
    if is_fresh(request.session):
        return None
    target = request.get_full_path() if request.method == "GET" else reverse("operations:console")
    return f"{reverse('operations:door')}?{urlencode({'next': target})}"


class OperatorAudience(Audience):
    """Operators: each request of one leaves a row in the platform's audit log."""


def operators(
    *, reads: OperatorRole = OperatorRole.READER, writes: OperatorRole = OperatorRole.OPERATOR
) -> Callable[[View], View]:
    """Declare a view for operators: the role that may look, and the role that may change something."""

    def allows(request: HttpRequest) -> bool:
        return may(request, reads if request.method in SAFE else writes)

    name = f"operators: {reads} reads, {writes} writes"
    return for_audience(OperatorAudience(name, allows, first=second_factor_first))


OPERATORS = OperatorAudience("operators", lambda request: grant_of(request) is not None)
operators_only = operators()
# Before the second factor is shown: these pages open nothing but the door itself.
at_the_door = for_audience(OperatorAudience("operators at the door", lambda request: grant_of(request) is not None))
