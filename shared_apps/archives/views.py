"""The operators' pages of a region's archives and of its way back to one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.archives.forms import StepForm
from shared_apps.archives.models import KeptArchive, Restore
from shared_apps.archives.services.archiving import order_archive
from shared_apps.archives.services.returning import ask, order
from shared_apps.archives.steps import BEGIN, STEPS, StepText, open_steps
from shared_apps.operations.access import may, operator_of, operators_only
from shared_apps.operations.models import OperatorRole
from tenants.backup.exporting import slug_of
from tenants.identity.selectors import names_of
from tenants.kernel.errors import DomainError
from tenants.kernel.paging import CountedPaginator
from tenants.models import Region

ROWS = 20


@operators_only
@never_cache
@require_safe
def archives(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The region's archives, the newest first, and its restores."""
    region = get_object_or_404(Region, public_id=public_id)
    rows = KeptArchive.objects.filter(region=region).order_by("-pk")
    page = CountedPaginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {
        "one": region,
        "page": page,
        "names": names_of(one.by for one in page.object_list),
        "working": rows.filter(state__in=KeptArchive.UNDER_WAY).exists(),
        "open": Restore.objects.filter(region=region, state__in=Restore.OPEN).select_related("archive").first(),
        "restores": Restore.objects.filter(region=region).select_related("archive")[:10],
        "may_write": may(request, OperatorRole.OPERATOR),
    }
    piece = getattr(request, "htmx", False)
    return render(request, "archives/_archives.html" if piece else "archives/archives.html", context)


@operators_only
@require_POST
def make(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The region is archived now."""
    region = get_object_or_404(Region, public_id=public_id)
    try:
        order_archive(region=region, by=operator_of(request).actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The archive is being made. It stands here in a moment."))
    return redirect("archives:archives", region.public_id)


@operators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What putting beside does is told; with a reason it is ordered."""
    kept = KeptArchive.objects.select_related("region").filter(state=KeptArchive.State.MADE)
    archive = get_object_or_404(kept, public_id=public_id)
    form = StepForm(request.POST or None)
    if form.is_valid():
        try:
            restore = ask(archive=archive, by=operator_of(request).actor, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect("archives:restore", restore.public_id)
    return _ask_page(request, archive.region, archive, BEGIN, form)


@operators_only
@never_cache
@require_safe
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far the restore is, how the two states differ, what can be done."""
    found = get_object_or_404(Restore.objects.select_related("region", "archive"), public_id=public_id)
    context = {
        "restore": found,
        "one": found.region,
        "steps": open_steps(found) if may(request, OperatorRole.OPERATOR) else [],
    }
    piece = getattr(request, "htmx", False)
    return render(request, "archives/_restore.html" if piece else "archives/restore.html", context)


@operators_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """What the step does is told; with a reason a worker takes it."""
    found = get_object_or_404(Restore.objects.select_related("region", "archive"), public_id=public_id)
    wanted = STEPS.get(name)
    if wanted is None:
        raise Http404("no such step")
    if wanted not in open_steps(found):
        messages.error(request, _("That step is not possible now. Look at it again."))
        return redirect("archives:restore", found.public_id)
    form = StepForm(request.POST or None)
    if form.is_valid():
        try:
            order(restore=found, step=wanted.move, by=operator_of(request).actor, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect("archives:restore", found.public_id)
    return _ask_page(request, found.region, found.archive, wanted, form, found)


def _ask_page(
    request: HttpRequest,
    region: Region,
    archive: KeptArchive,
    wanted: StepText,
    form: StepForm,
    found: Restore | None = None,
) -> HttpResponse:
    context = {
        "one": region,
        "archive": archive,
        "act": wanted,
        "form": form,
        "slug": slug_of(region),
        "restore": found,
    }
    return render(request, "archives/ask.html", context, status=400 if request.method == "POST" else 200)
