"""What somebody wants to find again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.catalog.models import Product
from tenant_apps.orders.selectors import favourites_of, often_bought
from tenant_apps.orders.services.liking import like, unlike
from tenant_apps.orders.views.visitor import way_back
from tenant_apps.warungs.models import Warung
from tenant_apps.warungs.selectors import shown_warung
from tenants.access import signed_in
from tenants.kernel.errors import DomainError


@signed_in
@require_safe
def favourites(request: RegionRequest) -> HttpResponse:
    """Warungs and products that this person marked."""
    user = request.member.user
    return render(request, "orders/favourites.html", {"found": favourites_of(user), "often": often_bought(user)})


@signed_in
@require_POST
def warung(request: RegionRequest, slug: str) -> HttpResponse:
    """A heart at a warung, or none."""
    return _set(request, shown_warung(slug))


@signed_in
@require_POST
def product(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """A heart at a product, or none."""
    return _set(request, get_object_or_404(Product, public_id=public_id, is_active=True))


def _set(request: RegionRequest, thing: Warung | Product) -> HttpResponse:
    wanted = request.POST.get("like")
    if wanted not in ("1", "0"):
        raise Http404("neither on nor off")
    try:
        if wanted == "1":
            like(user=request.member.user, thing=thing)
        else:
            unlike(user=request.member.user, thing=thing)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect(way_back(request, "/favorit/"))
