"""The operators' pages of one region's life, and the page by which its admins fetch their data."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.operations.access import operator_of, operators_only
from shared_apps.operations.lifecycle_acts import ACTS, Act, open_acts, removal_of
from shared_apps.operations.lifecycle_forms import ShareForm
from shared_apps.operations.quotas import set_share
from tenants.access import public_page
from tenants.backup.exporting import slug_of
from tenants.identity.selectors import names_of
from tenants.kernel.errors import DomainError
from tenants.lifecycle import handing
from tenants.lifecycle.errors import MoneyOwed, ReasonMissing
from tenants.lifecycle.models import Closing, DomainClaim, HandedArchive, RegionEvent
from tenants.lifecycle.standing import open_closing
from tenants.models import Region

ROWS = 30
_PAST_UNDOING = (Closing.State.DELETING, Closing.State.DELETED)


@operators_only
@never_cache
@require_safe
def life(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the region is, what it may become, and everything that happened to it."""
    region = get_object_or_404(Region, public_id=public_id)
    closing = open_closing(region)
    page = Paginator(RegionEvent.objects.filter(region=region), ROWS).get_page(request.GET.get("page"))
    context = {
        "one": region,
        "slug": slug_of(region),
        "closing": closing or Closing.objects.filter(region=region, state__in=_PAST_UNDOING).first(),
        "acts": open_acts(region, closing),
        "archives": HandedArchive.objects.filter(region=region)[:5],
        "claims": DomainClaim.objects.filter(region=region).exclude(state=DomainClaim.State.REMOVED),
        "page": page,
        "names": names_of(one.by for one in page.object_list),
    }
    return render(request, "operations/life.html", context)


@operators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """What the step does is told; with a reason it is taken."""
    region = get_object_or_404(Region, public_id=public_id)
    wanted = ACTS.get(name)
    if wanted is None:
        raise Http404("no such step")
    return _take(request, region, wanted)


@operators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def remove_domain(request: HttpRequest, public_id: UUID, claim_id: UUID) -> HttpResponse:
    """A host is taken from the region, with a reason."""
    region = get_object_or_404(Region, public_id=public_id)
    claim = get_object_or_404(DomainClaim.objects.select_related("region"), region=region, public_id=claim_id)
    return _take(request, region, removal_of(claim))


@operators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How much of each web process the region gets while others come too."""
    region = get_object_or_404(Region, public_id=public_id)
    form = ShareForm(request.POST or None, initial={"share": region.share})
    if form.is_valid():
        set_share(region=region, by=operator_of(request).actor, **form.cleaned_data)
        messages.success(request, _("%(name)s gets %(share)d percent.") % {"name": region.name, "share": region.share})
        return redirect("lifecycle:life", region.public_id)
    context = {"one": region, "form": form}
    return render(request, "operations/share.html", context, status=400 if request.method == "POST" else 200)


def _take(request: HttpRequest, region: Region, wanted: Act) -> HttpResponse:
    closing = open_closing(region)
    if not wanted.is_open(region, closing):
        messages.error(
            request,
            _("%(name)s is %(status)s now, so that step is not possible. Look at it again.")
            % {"name": region.name, "status": region.get_status_display()},
        )
        return redirect("lifecycle:life", region.public_id)
    form = wanted.form(request.POST or None)
    owed, status = None, 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                wanted.run(region, closing, form, operator_of(request).actor)
            except DomainError as refused:
                status = refused.status
                owed = refused.context.get("owed") if isinstance(refused, MoneyOwed) else None
                form.add_error("reason" if isinstance(refused, ReasonMissing) else None, str(refused.message))
            else:
                messages.success(request, _("Done: %(step)s, %(name)s.") % {"step": wanted.title, "name": region.name})
                return redirect("lifecycle:life", region.public_id)
    context = {"one": region, "act": wanted, "form": form, "owed": owed, "slug": slug_of(region)}
    return render(request, "operations/life_act.html", context, status=status)


@public_page
@never_cache
@require_safe
def archive(request: HttpRequest, token: str) -> HttpResponse:
    """What the link in an admin's mail opens: what the file is, and a button that fetches it."""
    found = handing.opened(token)
    if found is None:
        return render(request, "operations/archive_over.html", status=404)
    return render(request, "operations/archive.html", {"archive": found, "token": token})


@public_page
@never_cache
@require_POST
def fetch_archive(request: HttpRequest, token: str) -> HttpResponseBase:
    """The file itself; each time is noted."""
    found = handing.opened(token)
    if found is None:
        return render(request, "operations/archive_over.html", status=404)
    handing.fetched(found)
    name = f"{slug_of(found.region) or found.region.public_id}-{found.made_at:%Y%m%d}.warsa"
    return FileResponse(
        handing.file_of(found).open("rb"), as_attachment=True, filename=name, content_type="application/octet-stream"
    )
