"""Who works for the supplier: invitations, roles, leaving."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.errors import LastAdmin
from shared_apps.supplier_catalog.forms import InviteForm, RoleForm
from shared_apps.supplier_catalog.models import SupplierInvitation, SupplierMember, SupplierRole
from shared_apps.supplier_catalog.selectors import members_of, open_invitations
from shared_apps.supplier_catalog.services import inviting, people
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

admins_only = supplier_only(SupplierRole.ADMIN)


@admins_only
@require_safe
def members(request: SupplierRequest) -> HttpResponse:
    one = request.supplier.organisation
    page = Paginator(members_of(one), 25).get_page(request.GET.get("page"))
    context = {"page": page, "roles": SupplierRole.choices, "invitations": open_invitations(one).count()}
    return render(request, "supplier_catalog/portal/members.html", context)


@admins_only
@require_safe
def invitations(request: SupplierRequest) -> HttpResponse:
    page = Paginator(open_invitations(request.supplier.organisation), 25).get_page(request.GET.get("page"))
    return render(request, "supplier_catalog/portal/invitations.html", {"page": page, "now": clock.now()})


@admins_only
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: SupplierRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            data = form.cleaned_data
            try:
                inviting.invite(
                    organisation=request.supplier.organisation,
                    email=data["email"],
                    name=data["name"],
                    role=SupplierRole(data["role"]),
                    by=request.supplier.actor,
                )
            except DomainError as refusal:
                form.add_error(None, str(refusal.message))
                status = refusal.status
            else:
                messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": data["email"]})
                return redirect("supplier_portal:invitations")
    return render(request, "supplier_catalog/portal/invite.html", {"form": form}, status=status)


@admins_only
@require_POST
def send_again(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    invitation = _invitation(request, public_id)
    inviting.send_again(invitation=invitation, by=request.supplier.actor)
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("supplier_portal:invitations")


@admins_only
@require_POST
def withdraw(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    inviting.withdraw(invitation=_invitation(request, public_id))
    messages.success(request, _("The link no longer works."))
    return redirect("supplier_portal:invitations")


@admins_only
@require_POST
def change_role(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404("no such role")
    member = _member(request, public_id)
    try:
        people.change_role(member=member, role=SupplierRole(form.cleaned_data["role"]))
    except LastAdmin as refusal:
        messages.error(request, str(refusal.message))
        return redirect("supplier_portal:members")
    messages.success(request, _("%(name)s now has the role: %(role)s.") % _told(member))
    if member.user == request.supplier.user and member.role != SupplierRole.ADMIN:
        return redirect("supplier_portal:home")
    return redirect("supplier_portal:members")


@admins_only
@require_POST
def remove(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    member = _member(request, public_id)
    try:
        people.remove(member=member)
    except LastAdmin as refusal:
        messages.error(request, str(refusal.message))
        return redirect("supplier_portal:members")
    messages.success(request, _("%(name)s no longer works for %(supplier)s.") % _told(member))
    return redirect("/" if member.user == request.supplier.user else "supplier_portal:members")


def _told(member: SupplierMember) -> dict[str, object]:
    return {"name": member.user, "role": member.get_role_display(), "supplier": member.organisation.name}


def _member(request: SupplierRequest, public_id: UUID) -> SupplierMember:
    rows = members_of(request.supplier.organisation).select_related("organisation")
    return get_object_or_404(rows, user__public_id=public_id)


def _invitation(request: SupplierRequest, public_id: UUID) -> SupplierInvitation:
    return get_object_or_404(request.supplier.organisation.invitations, public_id=public_id)
