"""The region's desk: money that came through the provider and needs a person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.payments.models import ProviderSettings
from tenant_apps.payments.providers import provider_called
from tenant_apps.payments.selectors import issues_shown
from tenant_apps.payments.services.choosing import use_provider
from tenant_apps.payments.views.toko import take_next_step
from tenants.kernel.errors import DomainError

PER_PAGE = 20
PROVIDER = "midtrans"


@roles_only(Role.SATKER, Role.ADMIN)
@never_cache
@require_safe
def issues(request: RegionRequest) -> HttpResponse:
    """Open ones first; those that are done below them. Which provider collects, and whether its key is there."""
    context = {
        "page": Paginator(issues_shown(warung=None), PER_PAGE).get_page(request.GET.get("page")),
        "provider": ProviderSettings.objects.first(),
        "has_key": provider_called(PROVIDER) is not None,
        "may_choose": Role.ADMIN in request.member.roles,
    }
    return render(request, "payments/satker/issues.html", context)


@roles_only(Role.SATKER, Role.ADMIN)
@require_POST
def step(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The next step of an issue of the region's."""
    return take_next_step(request, public_id, "payments:issues")


@roles_only(Role.ADMIN)
@require_POST
def choose(request: RegionRequest) -> HttpResponse:
    """New QRIS payments go through the provider, or to the warungs' own codes."""
    enabled = request.POST.get("do") == "enable"
    try:
        use_provider(provider=PROVIDER, enabled=enabled, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(
            request,
            _("QRIS payments now go through Midtrans.")
            if enabled
            else _("QRIS payments now go to the warungs' own codes."),
        )
    return redirect("payments:issues")
