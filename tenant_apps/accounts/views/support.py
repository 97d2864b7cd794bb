"""The region's side of support access: the admin answers and ends it; the operator comes in and goes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from shared_apps.support import services
from shared_apps.support.models import SupportAccess
from shared_apps.support.selectors import access_of
from shared_apps.support.selectors import accesses as all_accesses
from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.support import let_in
from tenants.access import public_page
from tenants.audit.selectors import events
from tenants.read_only import open_while_read_only
from tenants.support import way_out

admins = roles_only(Role.ADMIN)
ROWS, PAGES = 25, 100


@admins
@require_safe
def accesses(request: RegionRequest) -> HttpResponse:
    """Who asked to come in, who is in, and who was."""
    page = Paginator(all_accesses(), ROWS).get_page(request.GET.get("page"))
    return render(request, "accounts/support.html", {"page": page})


@admins
@require_safe
def access(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One of them, with each page that was opened."""
    found = _found(public_id)
    page = Paginator(events(actor=found.actor), PAGES).get_page(request.GET.get("page"))
    names = {found.actor: found.operator_name}
    return render(request, "accounts/support_access.html", {"access": found, "page": page, "names": names})


@admins
@open_while_read_only
@require_POST
def accept(request: RegionRequest, public_id: UUID) -> HttpResponse:
    services.accept(access=_found(public_id), by=request.member.actor)
    messages.success(
        request, _("They may come in now. You see each page that they open, and can end it at any moment.")
    )
    return redirect("support_accesses")


@admins
@open_while_read_only
@require_POST
def refuse(request: RegionRequest, public_id: UUID) -> HttpResponse:
    services.refuse(access=_found(public_id), by=request.member.actor)
    messages.success(request, _("Refused. Nobody comes in."))
    return redirect("support_accesses")


@admins
@open_while_read_only
@require_POST
def revoke(request: RegionRequest, public_id: UUID) -> HttpResponse:
    services.revoke(access=_found(public_id), by=request.member.actor)
    messages.success(request, _("The access has ended. Their next page is refused."))
    return redirect("support_accesses")


@public_page
@never_cache
@require_safe
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """The operator comes in by the ticket."""
    let_in(request, services.use_ticket(token))
    return redirect("region_setup:checklist")


@public_page
@way_out
@open_while_read_only
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The operator goes; the access stays open until it is ended or its time is over."""
    if getattr(request, "support", None) is not None:
        logout(request)
    return redirect("support_over")


@public_page
@way_out
@require_safe
def over(request: HttpRequest) -> HttpResponse:
    """Where an operator stands whose access has ended."""
    return render(request, "accounts/support_over.html")


def _found(public_id: UUID) -> SupportAccess:
    found = access_of(public_id)
    if found is None:
        raise Http404
    return found
