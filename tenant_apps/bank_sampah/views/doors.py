"""Who works at a unit, and where they stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http.response import HttpResponseBase

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.bank_sampah.models import WasteUnit
from tenant_apps.bank_sampah.selectors.units import unit_for

workers = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
office = roles_only(Role.SATKER)


class UnitRequest(RegionRequest):
    """A request of somebody who works at the unit."""

    unit: WasteUnit


def at_unit(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """The address names the unit as `unit`, and the view gets it as `request.unit`. One that is not theirs is 404."""

    @wraps(view)
    def asked(request: UnitRequest, /, *, unit: UUID, **kwargs: Any) -> HttpResponseBase:
        request.unit = unit_for(request.member, unit)
        return view(request, **kwargs)

    return asked


def is_office(request: RegionRequest) -> bool:
    """Whether they work for the Satker."""
    return Role.SATKER in request.member.roles
