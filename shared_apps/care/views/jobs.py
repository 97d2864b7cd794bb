"""Everything that works on regions in the background, on one page; and the drills of restoring."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from shared_apps.care.errors import NothingToDrill, NotToBeStopped
from shared_apps.care.forms import DrillForm
from shared_apps.care.jobs import KINDS, listed
from shared_apps.care.models import DrillNight, RestoreProof
from shared_apps.care.selectors import proofs_lately
from shared_apps.care.services.drilling import order_drill, retry_proof, stop_night
from shared_apps.care.services.stopping import stop_run
from shared_apps.care.views.common import may_write
from shared_apps.operations.access import operator_of, operators_only
from tenants.fleet.models import FleetRun
from tenants.kernel.paging import CountedPaginator

ROWS = 25


@operators_only
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """The newest of each kind, those under way first."""
    kind = request.GET.get("kind", "")
    context = {
        "jobs": listed(kind if kind in KINDS else ""),
        "kinds": KINDS.items(),
        "kind": kind,
        "may_write": may_write(request),
    }
    piece = getattr(request, "htmx", False)
    return render(request, "care/_jobs.html" if piece else "care/jobs.html", context)


@operators_only
@require_POST
def stop_fleet_run(request: HttpRequest, number: int) -> HttpResponse:
    """A run stops after the regions in hand."""
    run = get_object_or_404(FleetRun, pk=number)
    try:
        stop_run(run=run, by=operator_of(request).actor)
    except NotToBeStopped as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("It stops after the regions that are in hand."))
    return redirect("care:jobs")


@operators_only
@require_safe
def drills(request: HttpRequest) -> HttpResponse:
    """All trials of restoring, the newest first."""
    return _drills(request, DrillForm(initial={"region": request.GET.get("region", "")[:253]}))


@operators_only
@require_POST
def drill_now(request: HttpRequest) -> HttpResponse:
    """A region, or some drawn by lot, is proven now."""
    form = DrillForm(request.POST)
    if form.is_valid():
        region = form.cleaned_data["region"]
        try:
            order_drill(by=operator_of(request).actor, regions=None if region is None else [region])
        except NothingToDrill as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The drill begins now. Its outcome stands here in some minutes."))
            return redirect("care:drills")
    return _drills(request, form, status=400)


@operators_only
@require_POST
def stop_drill_night(request: HttpRequest, number: int) -> HttpResponse:
    """The region in hand is finished, the others are left out."""
    try:
        stop_night(night=get_object_or_404(DrillNight, pk=number), by=operator_of(request).actor)
    except NotToBeStopped as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("It stops after the regions that are in hand."))
    return redirect("care:jobs")


@operators_only
@require_POST
def drill_again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A region whose proof failed is proven once more."""
    failed = RestoreProof.objects.select_related("region").filter(state=RestoreProof.State.FAILED)
    retry_proof(proof=get_object_or_404(failed, public_id=public_id), by=operator_of(request).actor)
    messages.success(request, _("The drill begins now. Its outcome stands here in some minutes."))
    return redirect("care:drills")


def _drills(request: HttpRequest, form: DrillForm, *, status: int = 200) -> HttpResponse:
    rows = RestoreProof.objects.select_related("region", "night").order_by("-pk")
    passed, failed = proofs_lately()
    context = {
        "page": CountedPaginator(rows, ROWS).get_page(request.GET.get("page")),
        "form": form,
        "passed": passed,
        "failed": failed,
        "may_write": may_write(request),
    }
    return render(request, "care/drills.html", context, status=status)
