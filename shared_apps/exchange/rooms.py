"""The supplier's side of the exchange, for views: whose orders these are, and the role with which they are read."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render

from shared_apps.exchange.models import SupplierOrder
from shared_apps.exchange.selectors import order_called
from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.models import SupplierOrganisation, SupplierRole
from tenants.schemas.grants import role_exists

View = Callable[..., HttpResponseBase]


def has_role(organisation: SupplierOrganisation) -> bool:
    """Whether the database knows the supplier yet; a worker makes its role soon after it is verified."""
    with connection.cursor() as cursor:
        return role_exists(cursor, organisation.db_role)


def for_orders(view: View) -> View:
    """For who works on a supplier's orders; whose supplier cannot have any yet is told so."""

    @supplier_only(SupplierRole.ADMIN, SupplierRole.ORDERS)
    @wraps(view)
    def guarded(request: SupplierRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not has_role(request.supplier.organisation):
            return render(request, "exchange/portal/not_yet.html", {"organisation": request.supplier.organisation})
        return view(request, *args, **kwargs)

    return guarded


def order_or_404(number: str) -> SupplierOrder:
    """Inside `for_supplier`: another's order and none at all answer alike."""
    order = order_called(number)
    if order is None:
        raise Http404("no such order")
    return order
