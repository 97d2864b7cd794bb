"""A person's passkeys: adding one with the account's password, deleting one, and the question for one step."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.errors import PasskeyRefused
from tenant_apps.accounts.forms import PasskeyForm
from tenant_apps.accounts.services.passkeys import (
    begin_passkey,
    begin_step,
    forget_passkey,
    passkeys_of,
    save_passkey,
    step_of,
)
from tenants.access import signed_in
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError
from tenants.limits import within_limit
from tenants.read_only import open_while_read_only

TRIES_AN_HOUR = 10
STEPS_AN_HOUR = 120


@signed_in
@never_cache
@require_safe
def page(request: RegionRequest) -> HttpResponse:
    """Theirs on this site, and how to add one."""
    return _page(request, PasskeyForm())


@signed_in
@never_cache
@sensitive_post_parameters()
@require_POST
def begin(request: RegionRequest) -> JsonResponse:
    """What the browser is asked to make, for whoever knows the account's password."""
    user = request.member.user
    if not within_limit("passkey", str(user.public_id), most=TRIES_AN_HOUR, seconds=3600):
        return _no(_("Too many tries. Try again in an hour."), 429)
    if not user.check_password(request.POST.get("password", "").replace("\x00", "")):
        return _no(_("That password is wrong."), 403)
    try:
        return JsonResponse(begin_passkey(user=user, site=site_of(request)))
    except DomainError as refused:
        return _no(str(refused.message), refused.status)


@signed_in
@sensitive_post_parameters()
@require_POST
def save(request: RegionRequest) -> HttpResponse:
    """What it made is kept."""
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 400)
    try:
        save_passkey(
            user=request.member.user,
            site=site_of(request),
            name=form.cleaned_data["name"],
            answer=form.cleaned_data["passkey"],
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _page(request, form, refused.status)
    messages.success(request, _("The passkey is added. It confirms payments from your savings on this site."))
    return redirect("passkeys")


@signed_in
@require_POST
def forget(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """A device is gone, or is used no more."""
    if forget_passkey(user=request.member.user, public_id=public_id):
        messages.success(request, _("The passkey is deleted."))
    return redirect("passkeys")


@signed_in
@open_while_read_only
@never_cache
@sensitive_post_parameters("pin")
@require_POST
def challenge(request: RegionRequest) -> JsonResponse:
    """The form that is about to be sent, as it is: what the device agrees to is bound to all of it."""
    user = request.member.user
    if not within_limit("passkey-step", str(user.public_id), most=STEPS_AN_HOUR, seconds=3600):
        return _no(_("Too many tries. Try again in an hour."), 429)
    try:
        step = step_of(request.GET.get("untuk", ""), request.POST)
        return JsonResponse(begin_step(user=user, site=site_of(request), step=step))
    except PasskeyRefused as refused:
        return _no(str(refused.message), refused.status)


def _no(reason: str, status: int) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)


def _page(request: RegionRequest, form: PasskeyForm, status: int = 200) -> HttpResponse:
    own = passkeys_of(request.member.user, site_of(request))
    return render(request, "accounts/passkeys.html", {"form": form, "passkeys": own}, status=status)
