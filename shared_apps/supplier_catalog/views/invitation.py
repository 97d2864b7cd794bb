"""Following an invitation's link into the portal."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from shared_apps.supplier_catalog.access import choose_supplier
from shared_apps.supplier_catalog.errors import InvitationEnded, InvitationUnknown
from shared_apps.supplier_catalog.forms import InvitedForm
from shared_apps.supplier_catalog.models import SupplierInvitation
from shared_apps.supplier_catalog.services.inviting import accept, accept_as_new, find, must_be_open
from tenants.access import public_page
from tenants.identity.addresses import owner_of_email
from tenants.identity.errors import AddressTaken
from tenants.identity.models import User
from tenants.identity.views import braked, kindly
from tenants.kernel.tokens import token_hash

_kindly = kindly("supplier_catalog/no_invitation.html", InvitationUnknown, InvitationEnded)


@public_page
@_kindly
@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what, and the way in: one tap for who is signed in, a name and a password for who is new."""
    found = find(token)
    if isinstance(request.user, User) and found.accepted_at and found.organisation.members.filter(user=request.user):
        return redirect("supplier_portal:home")
    must_be_open(found)
    return _page(request, found, token)


@public_page
@_kindly
@require_POST
def accept_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """The tap of a person who is signed in."""
    if not isinstance(request.user, User):
        return redirect_to_login(f"/pemasok/undangan/{token}/")
    return _welcome(request, accept(token=token, user=request.user))


@public_page
@_kindly
@braked
@sensitive_post_parameters()
@require_POST
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A new person takes the invitation and is signed in at once."""
    if request.user.is_authenticated:
        return redirect("supplier_portal:invitation", token=token)
    ratelimit.consume(request, action="invitation", key=token_hash(token), raise_exception=True)
    found = find(token)
    must_be_open(found)
    form = InvitedForm(request.POST)
    if not form.is_valid():
        return _page(request, found, token, form)
    try:
        user, found = accept_as_new(
            token=token,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            language=get_language() or "id",
        )
    except AddressTaken as refused:
        form.add_error(None, refused.message)
        return _page(request, found, token, form)
    get_adapter().login(request, user)
    return _welcome(request, found)


def _page(request: HttpRequest, found: SupplierInvitation, token: str, form: InvitedForm | None = None) -> HttpResponse:
    context = {
        "invitation": found,
        "organisation": found.organisation,
        "token": token,
        # Whoever holds the link has shown that the address is theirs.
        "known": owner_of_email(found.email) is not None,
        "form": form or InvitedForm(initial={"name": found.name}),
    }
    return render(request, "supplier_catalog/invitation.html", context, status=400 if form else 200)


def _welcome(request: HttpRequest, found: SupplierInvitation) -> HttpResponse:
    choose_supplier(request, found.organisation)
    messages.success(request, _("Welcome to the portal of %(name)s.") % {"name": found.organisation.name})
    return redirect("supplier_portal:home")
