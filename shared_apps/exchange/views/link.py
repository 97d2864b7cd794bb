"""An order from its mail: read, confirmed, refused, sent off and kept as a file by whoever has the link."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shared_apps.exchange.documents.paper import order_pdf
from shared_apps.exchange.documents.sheet import order_sheet
from shared_apps.exchange.forms import ConfirmForm, ReasonForm
from shared_apps.exchange.links import ENDED, Link, opened
from shared_apps.exchange.models import SupplierOrder
from shared_apps.exchange.rooms import has_role
from shared_apps.exchange.selectors import OrderView, order_called, view_of
from shared_apps.exchange.services import Shipped, confirm, refuse, ship
from tenants.access import public_page
from tenants.context import for_supplier
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.models import Region, RegionStatus


class SendForm(forms.Form):
    """The key of a delivery of all that is left."""

    key = forms.UUIDField(widget=forms.HiddenInput)


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link_page(request: HttpRequest, token: str) -> HttpResponse:
    """The order, and what can be done with it now."""
    found = _opened(token)
    if found is None:
        return _over(request)
    link, view = found
    confirming = ConfirmForm(initial={"promised_on": view.order.wanted_on})
    reason = ReasonForm()
    status = 200
    if request.method == "POST":
        wanted = request.POST.get("do", "")
        step: Callable[[SupplierOrder], Any] | None = None
        if wanted == "confirm":
            confirming = ConfirmForm(request.POST)
            step = _confirm_step(link, confirming)
        elif wanted == "refuse":
            reason = ReasonForm(request.POST)
            step = _refuse_step(link, reason)
        elif wanted == "ship":
            step = _ship_step(link, view, SendForm(request.POST))
        if step is not None:
            return _take(request, link, step)
        status = 400
    context = {
        "view": view,
        "order": view.order,
        "seller": link.organisation.name,
        "token": token,
        "confirming": confirming,
        "reason": reason,
        "sending": SendForm(initial={"key": uuid4()}),
    }
    return render(request, "exchange/link/order.html", context, status=status)


@public_page
@never_cache
@require_safe
def link_file(request: HttpRequest, token: str, kind: str) -> HttpResponseBase:
    """The order as a PDF, or as a table."""
    found = _opened(token)
    if found is None:
        return _over(request)
    link, view = found
    return (order_sheet if kind == "pesanan.csv" else order_pdf)(view, link.organisation.name)


def _opened(token: str) -> tuple[Link, OrderView] | None:
    link = opened(token)
    if link is None or not has_role(link.organisation):
        return None
    with for_supplier(link.organisation.db_role):
        order = order_called(link.number)
        if order is None or order.state in ENDED:
            return None
        view = view_of(order, for_its_supplier=True)
    # A link of a region that is shut opens nothing, wherever it stands; signed in, suppliers see what they agreed to.
    is_open = Region.objects.filter(pk=order.region_id, status=RegionStatus.READY).exists()
    return (link, view) if is_open else None


def _over(request: HttpRequest) -> HttpResponse:
    """Forged, too old, ended: the same kind words for all of them."""
    return render(request, "exchange/link/over.html", status=404)


def _take(request: HttpRequest, link: Link, step: Callable[[SupplierOrder], Any]) -> HttpResponse:
    try:
        with for_supplier(link.organisation.db_role):
            order = order_called(link.number)
            if order is not None:
                step(order)
                order.refresh_from_db()
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        if order is not None and order.state in ENDED:
            return render(request, "exchange/link/done.html", {"order": order})
        messages.success(request, _("Thank you. The buyer has your answer."))
    return redirect("supplier_orders:link", link.token)


def _confirm_step(link: Link, form: ConfirmForm) -> Callable[[SupplierOrder], Any] | None:
    if not form.is_valid():
        return None
    return lambda order: confirm(order=order, promised_on=form.cleaned_data["promised_on"], by=link.actor)


def _refuse_step(link: Link, form: ReasonForm) -> Callable[[SupplierOrder], Any] | None:
    if not form.is_valid():
        return None
    return lambda order: refuse(order=order, reason=form.cleaned_data["reason"], by=link.actor)


def _ship_step(link: Link, view: OrderView, form: SendForm) -> Callable[[SupplierOrder], Any] | None:
    """All that is left, at once; a second tap finds nothing left, and the page says how far the order is."""
    if not form.is_valid():
        return None
    left = [Shipped(one.line.pk, one.to_ship) for one in view.lines if one.to_ship]
    key = form.cleaned_data["key"]
    if not left or any(shipment.key == key for shipment in view.shipments):
        return lambda order: None
    return lambda order: ship(order=order, key=key, lines=left, shipped_on=clock.today(), by=link.actor)
