"""Operators keep targets of areas, and say who supervises which area."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.operations.access import operator_of, operators_only
from shared_apps.operations.area_forms import SupervisorForm, TargetForm
from shared_apps.operations.areas import progress_of
from shared_apps.operations.models import AreaTarget, SupervisorGrant, SupervisorInvitation, Target
from shared_apps.operations.places import LEVELS
from shared_apps.operations.supervising import end_grant, invite_supervisor, withdraw_invitation
from shared_apps.operations.targets import drop_target, set_target
from shared_apps.regions.models import Area
from shared_apps.regions.picker import AreaPicker, area_picker, is_search
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

ROWS = 25


@operators_only
@require_safe
def targets(request: HttpRequest) -> HttpResponse:
    """All targets with what there is of them; a row that a newer one replaced is told apart."""
    rows = AreaTarget.objects.order_by("area_code", "measure", "-valid_from")
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "rows": progress_of(page.object_list)}
    return render(request, "operations/targets.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_target(request: HttpRequest) -> HttpResponse:
    """A target of an area, from a day on."""
    form = TargetForm(request.POST if _sent(request) else None, initial={"valid_from": clock.today()})
    picker = _picker(request)
    if _sent(request) and form.is_valid():
        data = form.cleaned_data
        try:
            target = set_target(
                area_code=_chosen(picker),
                measure=Target(data["measure"]),
                amount=data["amount"],
                valid_from=data["valid_from"],
                source=data["source"],
                by=operator_of(request).actor,
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("The target is set: %(amount)s.") % {"amount": target.amount})
            return redirect("operations:targets")
    return _form(request, "operations/target_form.html", form, picker)


@operators_only
@require_POST
def remove_target(request: HttpRequest, number: int) -> HttpResponse:
    """A target that should not stand there is gone."""
    drop_target(target=get_object_or_404(AreaTarget, pk=number), by=operator_of(request).actor)
    messages.success(request, _("The target is removed."))
    return redirect("operations:targets")


@operators_only
@require_safe
def supervisors(request: HttpRequest) -> HttpResponse:
    """Who supervises what, and who was invited to."""
    grants = SupervisorGrant.objects.select_related("user").order_by("area_code", "pk")
    page = Paginator(grants, ROWS).get_page(request.GET.get("page"))
    waiting = list(SupervisorInvitation.objects.filter(accepted_at=None, withdrawn_at=None)[:100])
    codes = {one.area_code for one in page.object_list} | {one.area_code for one in waiting}
    names = dict(Area.objects.filter(code__in=codes).values_list("code", "name"))
    context = {
        "page": page,
        "grants": [(one, names.get(one.area_code, one.area_code)) for one in page.object_list],
        "waiting": [(one, names.get(one.area_code, one.area_code)) for one in waiting],
        "now": clock.now(),
    }
    return render(request, "operations/supervisors.html", context)


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def new_supervisor(request: HttpRequest) -> HttpResponse:
    """Somebody is invited to supervise an area."""
    form = SupervisorForm(request.POST if _sent(request) else None)
    picker = _picker(request)
    if _sent(request) and form.is_valid():
        data = form.cleaned_data
        try:
            invite_supervisor(
                email=data["email"], name=data["name"], area_code=_chosen(picker), by=operator_of(request).actor
            )
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": data["email"]})
            return redirect("operations:supervisors")
    return _form(request, "operations/supervisor_form.html", form, picker)


@operators_only
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """An invitation's link ends."""
    invitation = get_object_or_404(SupervisorInvitation, public_id=public_id)
    withdraw_invitation(invitation=invitation, by=operator_of(request).actor)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("operations:supervisors")


@operators_only
@require_POST
def end_supervision(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A supervisor sees an area no more."""
    end_grant(grant=get_object_or_404(SupervisorGrant, public_id=public_id), by=operator_of(request).actor)
    messages.success(request, _("The access has ended."))
    return redirect("operations:supervisors")


def _sent(request: HttpRequest) -> bool:
    return request.method == "POST" and not is_search(request.POST)


def _picker(request: HttpRequest) -> AreaPicker:
    sent = request.POST if request.method == "POST" else None
    return area_picker(sent, label=_("Area"), levels=LEVELS, multiple=False)


def _chosen(picker: AreaPicker) -> str:
    return picker.codes[-1] if picker.codes else ""


def _form(request: HttpRequest, template: str, form: forms.Form, picker: AreaPicker) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "picker": picker}
    return render(request, template, context, status=400 if _sent(request) else 200)
