"""The region's own log: who decided what here, operators among them."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.support.selectors import names_of_supporters
from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenants.audit import selectors
from tenants.identity.selectors import names_of

ROWS = 50


@roles_only(Role.ADMIN)
@require_safe
def log(request: RegionRequest) -> HttpResponse:
    """The newest first, or what is looked for."""
    wanted = request.GET.get("q", "")[: selectors.LONGEST_TEXT]
    page = Paginator(selectors.events(text=wanted), ROWS).get_page(request.GET.get("page"))
    actors = [one.actor for one in page.object_list]
    names = {**names_of(actors), **names_of_supporters(actors)}
    return render(request, "region_setup/log.html", {"page": page, "names": names, "q": wanted})
