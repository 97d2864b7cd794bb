"""The people of the region, for its admins."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.errors import AlreadyInvited, LastAdmin
from tenant_apps.accounts.forms import OFFICES, InviteForm, RoleForm
from tenant_apps.accounts.models import RoleEvent
from tenant_apps.accounts.selectors import (
    invitation_for_admin,
    open_invitations,
    people,
    person_for_admin,
)
from tenant_apps.accounts.services.inviting import Issued, invite, renew, withdraw_invitation
from tenant_apps.accounts.services.roles import deactivate, grant_role, reactivate, revoke_role
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

A_PAGE = 30

admins = roles_only(Role.ADMIN)


@admins
@require_safe
def people_list(request: RegionRequest) -> HttpResponse:
    """People with roles, or whoever fits the search."""
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:80]
    page = Paginator(people(wanted), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wanted": wanted, "invitations": open_invitations().count()}
    return render(request, "accounts/people.html", context)


@admins
@require_safe
def person(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """What this person may do, and what was decided about them."""
    found = person_for_admin(public_id)
    held = [Role(grant.role) for grant in found.role_grants.order_by("role")]
    context = {
        "person": found,
        "held": [(role, role in OFFICES) for role in held],
        "open": [role for role in OFFICES if role not in held],
        "events": RoleEvent.objects.filter(user=found)[:20],
    }
    return render(request, "accounts/person.html", context)


@admins
@require_POST
def give_role(request: RegionRequest, public_id: UUID) -> HttpResponse:
    found, form = person_for_admin(public_id), RoleForm(request.POST)
    if form.is_valid():
        grant_role(user=found, role=Role(form.cleaned_data["role"]), by=request.member.actor)
    return redirect("person", public_id=public_id)


@admins
@require_POST
def take_role(request: RegionRequest, public_id: UUID) -> HttpResponse:
    found, form = person_for_admin(public_id), RoleForm(request.POST)
    if form.is_valid():
        try:
            revoke_role(user=found, role=Role(form.cleaned_data["role"]), by=request.member.actor)
        except LastAdmin as refused:
            messages.error(request, refused.message)
        else:
            if found == request.member.user and form.cleaned_data["role"] == Role.ADMIN:
                return redirect("account_home")
    return redirect("person", public_id=public_id)


@admins
@require_POST
def close_account(request: RegionRequest, public_id: UUID) -> HttpResponse:
    found = person_for_admin(public_id)
    if found == request.member.user:
        messages.error(request, _("Another admin has to close your account."))
        return redirect("person", public_id=public_id)
    try:
        deactivate(user=found, by=request.member.actor)
    except LastAdmin as refused:
        messages.error(request, refused.message)
    return redirect("person", public_id=public_id)


@admins
@require_POST
def open_account_again(request: RegionRequest, public_id: UUID) -> HttpResponse:
    reactivate(user=person_for_admin(public_id), by=request.member.actor)
    return redirect("person", public_id=public_id)


@admins
@require_safe
def invitations(request: RegionRequest) -> HttpResponse:
    """Who was invited and has not come yet."""
    page = Paginator(open_invitations(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/invitations.html", {"page": page, "now": clock.now()})


@admins
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invite_person(request: RegionRequest) -> HttpResponse:
    """Invite an officer of the Satker or another admin."""
    form = InviteForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            issued = invite(
                role=Role(data["role"]),
                name=data["name"],
                by=request.member.actor,
                email=data["email"],
                phone=data["phone"],
            )
        except AlreadyInvited as refused:
            form.add_error("name", refused.message)
        else:
            return _show_link(request, issued)
    return render(request, "accounts/invite.html", {"form": form}, status=400 if form.errors else 200)


@admins
@never_cache
@require_POST
def send_again(request: RegionRequest, public_id: UUID) -> HttpResponse:
    return _show_link(request, renew(invitation=invitation_for_admin(public_id), by=request.member.actor))


@admins
@require_POST
def withdraw(request: RegionRequest, public_id: UUID) -> HttpResponse:
    try:
        withdraw_invitation(invitation=invitation_for_admin(public_id), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("invitations")


def _show_link(request: RegionRequest, issued: Issued) -> HttpResponse:
    # The page is the answer itself, for the link is kept nowhere to be shown again.
    text = _("%(region)s invites you as %(role)s: %(link)s") % {
        "region": current_region().name,
        "role": issued.invitation.get_role_display(),
        "link": issued.link,
    }
    number = issued.invitation.phone.lstrip("+")
    context = {
        "invitation": issued.invitation,
        "link": issued.link,
        "whatsapp": f"https://wa.me/{number}?{urlencode({'text': text})}",
    }
    return render(request, "accounts/invited.html", context)
