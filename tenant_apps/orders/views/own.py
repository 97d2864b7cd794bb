"""A customer's own orders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.orders.selectors import order_for, orders_of, timeline_of
from tenant_apps.orders.services.carting import fill_again
from tenant_apps.orders.services.filling import cancel_order
from tenant_apps.orders.services.sharing import token_of
from tenant_apps.orders.views.visitor import new_cart_key
from tenant_apps.payments.services import payment_of
from tenants.access import signed_in
from tenants.kernel.errors import DomainError

PER_PAGE = 20
# htmx asks no more after this answer.
STOP_ASKING = 286


@signed_in
@require_safe
def orders(request: RegionRequest) -> HttpResponse:
    """Every order of this person, newest first."""
    page = Paginator(orders_of(request.member.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "orders/orders.html", {"page": page})


@signed_in
@never_cache
@require_safe
def order(request: RegionRequest, number: str) -> HttpResponse:
    """Where an order stands; the page asks again by itself while it is open."""
    found = order_for(request.member, number)
    context = {
        "order": found,
        "timeline": timeline_of(found),
        "lines": found.lines.select_related("packed__replaced_by"),
        "warung": found.warung,
        "payment": payment_of(found.reference) if found.state == OrderState.UNPAID else None,
    }
    if not request.headers.get("HX-Request"):
        return render(request, "orders/order.html", context)
    if request.GET.get("state") == found.state:
        return HttpResponse(status=204 if found.is_open else STOP_ASKING)
    return render(
        request, "orders/_track.html", {**context, "swap": True}, status=200 if found.is_open else STOP_ASKING
    )


@signed_in
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """The customer takes the order back."""
    found = order_for(request.member, number)
    try:
        cancel_order(order=found, by=request.member.actor)
        if found.is_prepaid:
            messages.success(request, _("Your order is cancelled. What you paid is in your WARSA balance."))
        else:
            messages.success(request, _("Your order is cancelled. You pay nothing."))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect("orders:order", found.number)


@signed_in
@require_POST
def again(request: RegionRequest, number: str) -> HttpResponse:
    """The same goods lie in the cart once more."""
    found = order_for(request.member, number)
    gone = fill_again(key=new_cart_key(request), order=found)
    if gone:
        text = ngettext(
            "%(warung)s no longer sells: %(names)s. The rest is in your cart.",
            "%(warung)s no longer sells: %(names)s. The rest is in your cart.",
            len(gone),
        )
        names = ", ".join(line.product_name for line in gone)
        messages.warning(request, text % {"warung": found.warung.name, "names": names})
    else:
        messages.success(request, _("The same goods are in your cart, at today's prices."))
    return redirect("orders:carts")


@signed_in
@require_safe
def receipt(request: RegionRequest, number: str) -> HttpResponse:
    """To be printed, on a small printer or on a sheet."""
    found = order_for(request.member, number)
    link = ""
    if found.share:
        link = request.build_absolute_uri(reverse("orders:shared_receipt", args=[token_of(found)]))
    return render(request, "orders/receipt.html", {**receipt_of(found), "may_share": True, "link": link})


def receipt_of(order: Order) -> dict[str, Any]:
    """What a receipt shows."""
    return {
        "order": order,
        "lines": order.lines.select_related("packed__replaced_by"),
        "warung": order.warung,
        "village": order.warung.village_name,
    }
