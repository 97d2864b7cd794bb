"""A receipt for others to see."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.orders.selectors import order_for
from tenant_apps.orders.services.sharing import share_receipt, shared_order, stop_sharing
from tenant_apps.orders.views.own import receipt_of
from tenants.access import public_page, signed_in


@public_page
@never_cache
@require_safe
def shared(request: RegionRequest, token: str) -> HttpResponse:
    """What was bought for how much; neither who bought it nor where they live."""
    found = shared_order(token)
    if found is None:
        raise Http404("no such receipt")
    answer = render(request, "orders/receipt.html", {**receipt_of(found), "shared": True})
    answer["X-Robots-Tag"] = "noindex, nofollow"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@signed_in
@require_POST
def share(request: RegionRequest, number: str) -> HttpResponse:
    """The receipt has a link from now on."""
    share_receipt(order=order_for(request.member, number))
    return redirect("orders:receipt", number)


@signed_in
@require_POST
def stop(request: RegionRequest, number: str) -> HttpResponse:
    """The link shows nothing any more."""
    stop_sharing(order=order_for(request.member, number))
    messages.success(request, _("The link no longer works."))
    return redirect("orders:receipt", number)
