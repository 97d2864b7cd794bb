"""Following an invitation's link."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.errors import InvitationEnded, InvitationUnknown
from tenant_apps.accounts.forms import InvitedForm
from tenant_apps.accounts.models import Invitation, Role
from tenant_apps.accounts.services.inviting import (
    accept,
    accept_as_new,
    find,
    must_be_open,
    proven_email,
    proven_phone,
)
from tenants.access import public_page
from tenants.identity.addresses import owner_of_email, owner_of_phone
from tenants.identity.errors import AddressMissing, AddressTaken
from tenants.identity.views import braked, kindly
from tenants.kernel.tokens import token_hash

# Where a person with that role begins.
FIRST_PAGES = {Role.ADMIN: "/wilayah/", Role.SATKER: "/satker/", Role.OWNER: "/toko/", Role.STAFF: "/toko/"}


_kindly = kindly("accounts/no_invitation.html", InvitationUnknown, InvitationEnded)


@public_page
@_kindly
@never_cache
@require_safe
def invitation(request: RegionRequest, token: str) -> HttpResponse:
    """Who invites to what, and the way in: one tap for who is signed in, a name and a password for who is new."""
    found = find(token)
    if request.member.is_signed_in and found.accepted_by_id == request.member.user.pk:
        return redirect(_first_page(found))
    must_be_open(found)
    return _page(request, found, token)


@public_page
@_kindly
@require_POST
def accept_invitation(request: RegionRequest, token: str) -> HttpResponse:
    """The tap of a person who is signed in."""
    if not request.member.is_signed_in:
        return redirect_to_login(f"/undangan/{token}/")
    return _welcome(request, accept(token=token, user=request.member.user))


@public_page
@_kindly
@braked
@sensitive_post_parameters()
@require_POST
def join(request: RegionRequest, token: str) -> HttpResponse:
    """A new person takes the invitation and is signed in at once."""
    if request.member.is_signed_in:
        return redirect("invitation", token=token)
    ratelimit.consume(request, action="invitation", key=token_hash(token), raise_exception=True)
    found = find(token)
    must_be_open(found)
    form = InvitedForm(name=found.name, proven=_is_proven(found, token), data=request.POST)
    if not form.is_valid():
        return _page(request, found, token, form)
    data = form.cleaned_data
    try:
        user, found = accept_as_new(
            token=token,
            name=data["name"],
            password=data["password"],
            language=get_language() or "id",
            email=data.get("email", ""),
            phone=data.get("phone", ""),
        )
    except (AddressMissing, AddressTaken) as refused:
        form.add_error("phone" if "phone" in form.fields else None, refused.message)
        return _page(request, found, token, form)
    get_adapter().login(request, user)
    return _welcome(request, found)


def _page(request: RegionRequest, found: Invitation, token: str, form: InvitedForm | None = None) -> HttpResponse:
    mail, number = proven_email(found, token), proven_phone(found, token)
    # Whoever has shown that the address is theirs may know that it has an account; nobody else is told.
    known = bool((mail and owner_of_email(mail)) or (number and owner_of_phone(number)))
    context = {
        "invitation": found,
        "token": token,
        "address": mail or number,
        "known": known,
        "form": form or InvitedForm(name=found.name, proven=bool(mail or number)),
    }
    return render(request, "accounts/invitation.html", context, status=400 if form else 200)


def _is_proven(found: Invitation, token: str) -> bool:
    return bool(proven_email(found, token) or proven_phone(found, token))


def _welcome(request: RegionRequest, found: Invitation) -> HttpResponse:
    messages.success(request, _("Welcome. You are now %(role)s.") % {"role": found.get_role_display()})
    return redirect(_first_page(found))


def _first_page(found: Invitation) -> str:
    path = FIRST_PAGES[Role(found.role)]
    try:
        resolve(path)
    except (Resolver404, Http404):
        return "/"
    return path
