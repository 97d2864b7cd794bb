"""Operators ask regions for access, come in while it is open, and end it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.operations.access import may, operator_of, operators
from shared_apps.operations.models import OperatorRole
from shared_apps.support import services
from shared_apps.support.forms import AskForm
from shared_apps.support.models import SupportAccess
from shared_apps.support.selectors import access_of
from shared_apps.support.selectors import accesses as all_accesses
from tenants.hosts import region_url
from tenants.kernel.errors import DomainError

ROWS = 25
supporters = operators(writes=OperatorRole.SUPPORT)


@supporters
@require_http_methods(["GET", "POST"])
def accesses(request: HttpRequest) -> HttpResponse:
    """What was asked for and what is open; the form that asks."""
    form = AskForm(request.POST or None, initial={"region": request.GET.get("wilayah", "")[:253]})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                services.ask(
                    region=told["region"],
                    operator=operator_of(request),
                    reason=told["reason"],
                    hours=told["hours"],
                    kind=told["kind"],
                )
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("Asked. You can come in once it is accepted."))
                return redirect("support:accesses")
    page = Paginator(all_accesses(), ROWS).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "own": operator_of(request), "may_ask": may(request, OperatorRole.SUPPORT)}
    return render(request, "support/accesses.html", context, status=status)


@supporters
@never_cache
@require_POST
def enter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Into the region, by a ticket that is good once.

    By a page that leads there by itself: our policy lets no form of ours end on another site.
    """
    access = _own(request, public_id)
    address = region_url(access.region, f"/dukungan/masuk/{services.ticket(access=access)}/")
    answer = render(request, "support/enter.html", {"one": access.region, "address": address})
    answer.headers["Refresh"] = f"0; url={address}"
    return answer


@supporters
@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One's own request is withdrawn, or one's own access ended."""
    access = _own(request, public_id)
    by = operator_of(request).actor
    if access.state == SupportAccess.State.ASKED:
        services.withdraw(access=access, by=by)
    else:
        services.end(access=access, by=by)
    messages.success(request, _("The access is closed."))
    return redirect("support:accesses")


@operators(writes=OperatorRole.OPERATOR)
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The second operator breaks the glass with the first."""
    access = access_of(public_id)
    if access is None:
        raise Http404
    services.confirm_broken(access=access, second=operator_of(request))
    messages.success(request, _("The access is open, and the region's admins are told."))
    return redirect("support:accesses")


def _own(request: HttpRequest, public_id: UUID) -> SupportAccess:
    access = access_of(public_id)
    if access is None or access.operator_id != operator_of(request).pk:
        raise Http404
    return access
