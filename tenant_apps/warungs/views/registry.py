"""The region's warungs, for its admins."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.services.inviting import renew, withdraw_invitation
from tenant_apps.warungs.forms import InviteForm, NewWarungForm, RegistryForm, WarungForm
from tenant_apps.warungs.models import Kind, Warung, WarungState
from tenant_apps.warungs.selectors import (
    invitation_to,
    invitations_to,
    names_of,
    registry,
    village_groups,
    village_names,
    warung_for_admin,
)
from tenant_apps.warungs.services import (
    close_warung,
    invite_to_warung,
    open_warung,
    pause_warung,
    register_warung,
    save_warung,
)
from tenant_apps.warungs.views.inviting import show_link
from tenants.forms import ReasonForm, asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.support import open_to_support

A_PAGE = 20

admins = roles_only(Role.ADMIN)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@admins
@require_safe
def warungs(request: RegionRequest) -> HttpResponse:
    """Every warung, searched and narrowed."""
    wanted, form = asked_text(request), RegistryForm(request.GET)
    form.is_valid()
    told = form.cleaned_data
    rows = registry(wanted=wanted, state=told.get("state", ""), village=told.get("village", ""))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    names = village_names({warung.village_code for warung in page})
    context = {
        "page": page,
        "rows": [(warung, names.get(warung.village_code, "")) for warung in page],
        "wanted": wanted,
        "state": told.get("state", ""),
        "village": told.get("village", ""),
        "states": WarungState.choices,
        "groups": village_groups(),
    }
    return render(request, "warungs/registry/list.html", context)


@admins
@read_or_send
def new(request: RegionRequest) -> HttpResponse:
    """Enter a warung."""
    form = NewWarungForm(request.POST if request.method == "POST" else None, initial={"pickup": True})
    if form.is_valid():
        told = dict(form.cleaned_data)
        note, kind = told.pop("note"), Kind.FRESH if told.pop("fresh") else Kind.WARUNG
        try:
            warung = register_warung(**told, kind=kind, by=request.member.actor)
        except DomainError as refused:
            form.add_error("village_code", refused.message)
        else:
            if note:
                save_warung(warung=warung, **told, note=note)
            if kind == Kind.FRESH:
                text = _("%(warung)s is registered. The Satker writes down its delivery days and its cut-off.")
            else:
                text = _("%(warung)s is registered. Now invite its owner.")
            messages.success(request, text % {"warung": warung.name})
            return redirect("warungs:admin_warung", warung.public_id)
    return render(request, "warungs/registry/form.html", {"form": form})


@admins
@open_to_support
@read_or_send
def edit(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Change a warung's particulars."""
    warung = warung_for_admin(public_id)
    form = WarungForm(request.POST if request.method == "POST" else None, initial=WarungForm.initial_of(warung))
    if form.is_valid():
        try:
            save_warung(warung=warung, **form.cleaned_data)
        except DomainError as refused:
            form.add_error("village_code", refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("warungs:admin_warung", warung.public_id)
    return render(request, "warungs/registry/form.html", {"form": form, "warung": warung})


@admins
@require_safe
def warung(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One warung: who, where, which state, how it came there."""
    return _page(request, warung_for_admin(public_id))


def _page(
    request: RegionRequest,
    warung: Warung,
    *,
    invite_form: InviteForm | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    history = list(warung.history.order_by("-pk"))
    names = names_of(row.by for row in history)
    context = {
        "warung": warung,
        "village": village_names({warung.village_code}).get(warung.village_code, ""),
        "moves": Warung.moves.open_from(warung.state),
        "history": [(row, names.get(row.by, "")) for row in history],
        "hours": list(warung.hours.all()),
        "staff": list(warung.staff.select_related("user").order_by("pk")),
        "invitations": list(invitations_to(warung, Role.OWNER)),
        "now": clock.now(),
        "invite_form": invite_form or InviteForm(),
        "reason_form": reason_form or ReasonForm(),
    }
    return render(request, "warungs/registry/warung.html", context)


@admins
@require_POST
def step(request: RegionRequest, public_id: UUID, move: str) -> HttpResponse:
    """Open the warung, let it rest, or end it. The last two tell a reason."""
    warung, form = warung_for_admin(public_id), ReasonForm(request.POST)
    if move == "open":
        return _stepped(request, warung, lambda: open_warung(warung=warung, by=request.member.actor))
    if move not in ("pause", "close"):
        raise Http404("no such step")
    if not form.is_valid():
        messages.error(request, _("Write down the reason; the owner reads it."))
        return _page(request, warung, reason_form=form)
    service = pause_warung if move == "pause" else close_warung
    reason = form.cleaned_data["reason"]
    return _stepped(request, warung, lambda: service(warung=warung, by=request.member.actor, reason=reason))


def _stepped(request: RegionRequest, warung: Warung, act: Callable[[], bool]) -> HttpResponse:
    try:
        act()
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("warungs:admin_warung", warung.public_id)


@admins
@never_cache
@require_POST
def invite_owner(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Somebody may become the owner; the page shows their link."""
    warung, form = warung_for_admin(public_id), InviteForm(request.POST)
    if form.is_valid():
        try:
            issued = invite_to_warung(warung=warung, role=Role.OWNER, by=request.member.actor, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            return show_link(request, issued, warung=warung, back=_address(warung))
    return _page(request, warung, invite_form=form)


@admins
@never_cache
@require_POST
def invite_again(request: RegionRequest, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """A new link in place of the earlier one."""
    warung = warung_for_admin(public_id)
    invitation = invitation_to(warung, Role.OWNER, invitation_id)
    issued = renew(invitation=invitation, by=request.member.actor)
    return show_link(request, issued, warung=warung, back=_address(warung))


@admins
@require_POST
def withdraw_owner(request: RegionRequest, public_id: UUID, invitation_id: UUID) -> HttpResponse:
    """The link no longer works."""
    warung = warung_for_admin(public_id)
    withdraw_invitation(invitation=invitation_to(warung, Role.OWNER, invitation_id), by=request.member.actor)
    messages.success(request, _("The invitation is withdrawn."))
    return redirect("warungs:admin_warung", warung.public_id)


def _address(warung: Warung) -> str:
    return reverse("warungs:admin_warung", args=[warung.public_id])
