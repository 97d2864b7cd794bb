"""Which warung somebody stands in: owners of several choose one, and their session remembers it.

    @roles_only(Role.OWNER, Role.STAFF)
    @require_safe
    @at_counter
    def prices(request: CounterRequest) -> HttpResponse: ...   # request.counter.warung

A form that is sent names its warung (`{% include "warungs/_here.html" %}`), so that two open tabs cannot mix up two warungs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from tenant_apps.accounts.access import RegionRequest, Role
from tenant_apps.warungs.models import Warung, WarungState
from tenant_apps.warungs.selectors import owns, warung_for, warungs_of

SESSION_KEY = "warung"
FIELD = "warung"

P = ParamSpec("P")
Answer = TypeVar("Answer", bound=HttpResponseBase)


@dataclass(frozen=True)
class Counter:
    """The warung where the person stands, and how many they could stand in."""

    warung: Warung
    warungs: int
    is_owner: bool


class CounterRequest(RegionRequest):
    """A request of somebody who stands in a warung."""

    counter: Counter


def at_counter(
    view: Callable[Concatenate[CounterRequest, P], HttpResponseBase],
) -> Callable[Concatenate[CounterRequest, P], HttpResponseBase]:
    """Give the view `request.counter`. A form for a warung that is not theirs is 404; nobody's warung has a page that says so."""

    @wraps(view)
    def asked(request: CounterRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        found = _counter_of(request)
        if found is None:
            return nobodys_counter(request)
        request.counter = found
        return view(request, *args, **kwargs)

    return asked


def nobodys_counter(request: RegionRequest) -> HttpResponseBase:
    """The page for an owner or helper whose warung is not there yet. Officers of a region without a stand find nothing."""
    if not request.member.roles & {Role.OWNER, Role.STAFF}:
        raise Http404("no stand")
    return render(request, "warungs/toko/no_warung.html")


def owners_only(
    view: Callable[Concatenate[CounterRequest, P], Answer],
) -> Callable[Concatenate[CounterRequest, P], Answer]:
    """Inside `at_counter`: staff see nothing here, as if it were not there."""

    @wraps(view)
    def asked(request: CounterRequest, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        if not request.counter.is_owner:
            raise Http404("for the owner")
        return view(request, *args, **kwargs)

    return asked


def chosen_warung(request: RegionRequest) -> Warung | None:
    """The warung where the person stands; None for those who have none."""
    return _chosen(request, list(warungs_of(request.member)))


def choose_warung(request: HttpRequest, warung: Warung) -> None:
    """The person stands in this warung from now on, in this session."""
    request.session[SESSION_KEY] = str(warung.public_id)


def _counter_of(request: RegionRequest) -> Counter | None:
    if request.method == "POST":
        warung = warung_for(request.member, _uuid(request.POST.get(FIELD, "")))
        return Counter(warung, 1, owns(request.member, warung))
    theirs = list(warungs_of(request.member))
    chosen = _chosen(request, theirs)
    return None if chosen is None else Counter(chosen, len(theirs), owns(request.member, chosen))


def _chosen(request: HttpRequest, theirs: list[Warung]) -> Warung | None:
    wanted = request.session.get(SESSION_KEY)
    # Those that trade come before those that ended.
    theirs.sort(key=lambda warung: (str(warung.public_id) != wanted, warung.state == WarungState.CLOSED))
    return next(iter(theirs), None)


def _uuid(text: Any) -> UUID:
    try:
        return UUID(text)
    except ValueError as wrong:
        raise Http404("no such warung") from wrong
