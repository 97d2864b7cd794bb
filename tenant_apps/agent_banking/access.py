"""The doors of this app: only where the region offers the service, and inside a warung only for its agent."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from shared_apps.onboarding.models import Service
from tenant_apps.accounts.access import Role
from tenant_apps.agent_banking.models import Agent, AgentState
from tenant_apps.agent_banking.selectors.agents import agent_of
from tenant_apps.satker.offers import when_offered
from tenant_apps.warungs.counter import CounterRequest, at_counter

P = ParamSpec("P")

COUNTER = (Role.OWNER, Role.STAFF)
OFFICE = (Role.SATKER,)
RULERS = (Role.SATKER, Role.ADMIN)


class AgentRequest(CounterRequest):
    """A request of somebody who stands in a warung that is an agent."""

    agent: Agent


service_is_on = when_offered(Service.AGENT_BANKING)


def offered(
    view: Callable[Concatenate[Any, P], HttpResponseBase],
) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Where the service is off, the page is not there."""

    @wraps(view)
    def asked(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not service_is_on(request):
            raise Http404("the service is off")
        return view(request, *args, **kwargs)

    return asked


def at_agent(
    view: Callable[Concatenate[AgentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[Any, P], HttpResponseBase]:
    """Give the view `request.agent` of the warung where the person stands; who is none yet is led to the first page."""

    @offered
    @at_counter
    @wraps(view)
    def asked(request: Any, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        agent = agent_of(request.counter.warung)
        if agent is None or agent.state in (AgentState.APPLIED, AgentState.REFUSED):
            return redirect("agent_banking:home")
        request.agent = agent
        return view(request, *args, **kwargs)

    return asked


def owner_alone(
    view: Callable[Concatenate[AgentRequest, P], HttpResponseBase],
) -> Callable[Concatenate[AgentRequest, P], HttpResponseBase]:
    """Inside `at_agent`: helpers of the warung see nothing here, as if it were not there."""

    @wraps(view)
    def asked(request: AgentRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.counter.is_owner:
            raise Http404("for the owner")
        return view(request, *args, **kwargs)

    return asked
