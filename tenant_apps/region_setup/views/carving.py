"""Registrations that ask this region for some of its kecamatan: the admin agrees, or refuses with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from shared_apps.onboarding.consents import request_to_us, requests_to_us
from shared_apps.onboarding.models import CarveOut, WarungMove
from shared_apps.onboarding.services import moving
from shared_apps.onboarding.services.carving import agree as agree_to
from shared_apps.onboarding.services.carving import names_of
from shared_apps.onboarding.services.carving import refuse as refuse_it
from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenants.context import current_region
from tenants.kernel.errors import DomainError

admins = roles_only(Role.ADMIN)
A_PAGE = 10


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason, mailed to the applicant"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


@dataclass(frozen=True)
class Row:
    """A request as the page shows it, with the form that refuses it."""

    request: CarveOut
    areas: str
    form: RefusalForm
    may_offer: bool = False


@dataclass(frozen=True)
class MoveRow:
    """Warungs that go to another region or come from one."""

    move: WarungMove
    is_ours_to_take: bool
    obstacles: list[str]
    form: RefusalForm


@admins
@require_safe
def carving(request: RegionRequest) -> HttpResponse:
    """Every request, the newest first."""
    return _page(request)


def _page(
    request: RegionRequest, *, refused: CarveOut | None = None, form: RefusalForm | None = None, status: int = 200
) -> HttpResponse:
    page = Paginator(requests_to_us(), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        Row(
            one,
            names_of(one.kecamatan_codes),
            form if form is not None and one == refused else RefusalForm(auto_id=f"refuse-{one.public_id}-%s"),
            moving.may_offer(one),
        )
        for one in page
    ]
    region = current_region()
    moves = [
        MoveRow(
            one,
            one.target_id == region.pk,
            moving.obstacles_for(one, region),
            RefusalForm(auto_id=f"move-{one.public_id}-%s"),
        )
        for one in moving.moves_of(region)
    ]
    context = {"page": page, "rows": rows, "moves": moves}
    return render(request, "region_setup/carving.html", context, status=status)


def _asked_of_us(public_id: UUID) -> CarveOut:
    found = request_to_us(public_id)
    if found is None:
        raise Http404
    return found


@admins
@require_POST
def agree(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The kecamatan may go once the new region opens."""
    one = _asked_of_us(public_id)
    try:
        agree_to(request=one, by=request.member.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("You have agreed to %(name)s. The applicant is told.") % {"name": one.name})
    return redirect("region_setup:carving")


@admins
@require_POST
def refuse(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The kecamatan stay; the applicant is told why."""
    one = _asked_of_us(public_id)
    form = RefusalForm(request.POST, auto_id=f"refuse-{one.public_id}-%s")
    if not form.is_valid():
        return _page(request, refused=one, form=form, status=409)
    try:
        refuse_it(request=one, by=request.member.actor, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("You have refused %(name)s. The applicant is told why.") % {"name": one.name})
    return redirect("region_setup:carving")


@admins
@require_POST
def offer_warungs(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The warungs of the kecamatan that have gone may go too, if the new region takes them."""
    one = _asked_of_us(public_id)
    try:
        moving.offer(request=one, region=current_region(), by=request.member.actor)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The warungs are offered to %(name)s.") % {"name": one.name})
    return redirect("region_setup:carving")


@admins
@require_POST
def take_warungs(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The new region takes them; where it has agreed already, it is tried again."""
    found = _move_of_ours(public_id, only_target=True)
    try:
        if not moving.accept(found=found, region=current_region(), by=request.member.actor):
            moving.retry(found=found)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The warungs are on their way. This page tells when they are there."))
    return redirect("region_setup:carving")


@admins
@require_POST
def refuse_warungs(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """They stay where they are; the other region reads why."""
    found = _move_of_ours(public_id)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why, so that the other region knows what to do."))
        return redirect("region_setup:carving")
    try:
        moving.refuse(found=found, region=current_region(), by=request.member.actor, reason=form.cleaned_data["reason"])
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    else:
        messages.success(request, _("The warungs stay where they are."))
    return redirect("region_setup:carving")


def _move_of_ours(public_id: UUID, *, only_target: bool = False) -> WarungMove:
    found = moving.move_of(current_region(), public_id)
    if found is None or (only_target and found.target_id != current_region().pk):
        raise Http404
    return found
