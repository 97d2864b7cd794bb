"""The supervisors' door: a grant opens an official area and all below it, and nothing beside it."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from shared_apps.operations.places import area_with_figures
from shared_apps.operations.supervisors import SupervisorGrant
from shared_apps.regions.models import Area
from tenants.access import Audience, for_audience
from tenants.context import region_is_bound
from tenants.identity.models import User


def codes_of(request: HttpRequest) -> tuple[str, ...]:
    """The areas that the signed-in person supervises, the largest first; none in a region. One query for each request."""
    if not hasattr(request, "supervised"):
        request.supervised = _found(request)  # type: ignore[attr-defined]
    found: tuple[str, ...] = request.supervised  # type: ignore[attr-defined]
    return found


def holds(codes: tuple[str, ...], code: str) -> bool:
    """Whether the area is one of these, or lies in one."""
    # The dot keeps 16.7 from holding 16.71.
    return any(code == one or code.startswith(f"{one}.") for one in codes)


def supervised_area(request: HttpRequest, code: str) -> Area:
    """The area, in force and of one whom the person supervises; for all others there is none.

    Raises:  Http404.
    """
    if not holds(codes_of(request), code):
        raise Http404("not an area of this person")
    found = area_with_figures(code)
    if found is None:
        raise Http404("no such area")
    return found


def is_supervisor(request: HttpRequest) -> bool:
    return bool(codes_of(request))


SUPERVISORS = Audience("supervisors", is_supervisor)
supervisors_only = for_audience(SUPERVISORS)


def _found(request: HttpRequest) -> tuple[str, ...]:
    if region_is_bound() or not isinstance(request.user, User):
        return ()
    rows = SupervisorGrant.objects.filter(user=request.user).values_list("area_code", flat=True)
    return tuple(sorted(rows, key=lambda code: (len(code), code)))
