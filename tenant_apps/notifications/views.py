"""The page of news, and the number beside the bell."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.notifications.selectors import notice_for, notices_of
from tenant_apps.notifications.services import mark_all_read, mark_read
from tenants.access import signed_in
from tenants.kernel import clock
from tenants.read_only import open_while_read_only

PER_PAGE = 20


@signed_in
@never_cache
@require_safe
def news(request: RegionRequest) -> HttpResponse:
    """What this person was told, newest first."""
    page = Paginator(notices_of(request.member.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/news.html", {"page": page, "now": clock.now().isoformat()})


@signed_in
@open_while_read_only
@require_POST
def read(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Mark one as read and go where it leads."""
    notice = notice_for(request.member.user, public_id)
    mark_read(notice=notice)
    return redirect(notice.path or reverse("notifications:news"))


@signed_in
@open_while_read_only
@require_POST
def read_all(request: RegionRequest) -> HttpResponse:
    """Mark everything as read that the page showed when it was asked for."""
    try:
        until = parse_datetime(request.POST.get("until", ""))
    except ValueError:
        until = None
    now = clock.now()
    mark_all_read(user=request.member.user, until=until if until and until.tzinfo and until < now else now)
    return redirect("notifications:news")


@signed_in
@never_cache
@require_safe
def bell(request: RegionRequest) -> HttpResponse:
    """The bell with its number, for pages that stay open."""
    return render(request, "notifications/_bell_asked.html")
