"""The Satker's pages for its orders at suppliers: where they stand, and its answer to a supplier's change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shared_apps.exchange.selectors import view_of
from shared_apps.exchange.services.deciding import accept_change, cancel
from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement.forms import ReasonForm
from tenant_apps.procurement.selectors import names_of
from tenant_apps.procurement.supplier_orders import (
    TABS,
    counts_by_tab,
    purchase_of,
    supplier_order,
    supplier_orders,
    tab_called,
    with_sums,
)
from tenant_apps.procurement.views.satker import for_satker
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

PER_PAGE = 25


@for_satker
@require_safe
def orders_page(request: RegionRequest) -> HttpResponse:
    """All orders at suppliers, by what is to be done."""
    tab, text, counts = tab_called(request.GET.get("state", "")), asked_text(request), counts_by_tab()
    page = Paginator(supplier_orders(tab, text), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": with_sums(list(page.object_list)),
        "tabs": [(one, counts[one.name] if one.waits else 0) for one in TABS],
        "tab": tab,
        "wanted": text,
    }
    return render(request, "procurement/supplier_orders/list.html", context)


@for_satker
@never_cache
@require_safe
def order_page(request: RegionRequest, number: str) -> HttpResponse:
    """One order: what was ordered, what the supplier says, what came."""
    return _order_page(request, number)


def _order_page(
    request: RegionRequest, number: str, reason: ReasonForm | None = None, *, status: int = 200
) -> HttpResponse:
    order = supplier_order(number)
    view = view_of(order)
    names = names_of(event.by for event in view.history)
    context = {
        "order": order,
        "view": view,
        "purchase": purchase_of(order),
        "history": [(event, names.get(event.by, "")) for event in view.history],
        "more": view.sum.total - order.total,
        "reason": reason or _reason_form(),
    }
    return render(request, "procurement/supplier_orders/order.html", context, status=status)


def _reason_form(data: Any = None) -> ReasonForm:
    return ReasonForm(data, missing=_("Write down why; the supplier reads it."))


@for_satker
@require_POST
def accept(request: RegionRequest, number: str) -> HttpResponse:
    """The Satker takes what the supplier offers instead."""
    try:
        accept_change(order=supplier_order(number), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The change is accepted. The supplier is told."))
    return redirect("procurement:supplier_order", number)


@for_satker
@require_POST
def call_off(request: RegionRequest, number: str) -> HttpResponse:
    """The Satker no longer wants it."""
    order, form = supplier_order(number), _reason_form(request.POST)
    if not form.is_valid():
        return _order_page(request, number, form, status=400)
    try:
        cancel(order=order, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The order is cancelled. The supplier is told why."))
    return redirect("procurement:supplier_order", number)
