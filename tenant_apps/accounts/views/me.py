"""A person's own account."""

from __future__ import annotations

from allauth.account.internal.flows.email_verification_by_code import EmailVerificationProcess
from allauth.account.internal.flows.phone_verification import ChangePhoneVerificationProcess
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.errors import UnknownPlace
from tenant_apps.accounts.forms import PersonForm
from tenant_apps.accounts.selectors import profile_of
from tenant_apps.accounts.services.profiles import save_person, save_profile
from tenants.access import signed_in
from tenants.identity.addresses import pending_email
from tenants.identity.forms import ChangeEmailForm, ChangePhoneForm
from tenants.identity.models import User
from tenants.identity.views import braked

read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@signed_in
@read_or_send
def home(request: RegionRequest) -> HttpResponse:
    """Name, language and place; the ways to sign in."""
    user = request.member.user
    form = PersonForm(user, profile_of(user), request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = dict(form.cleaned_data)
        try:
            person = {"name": data.pop("name"), "language": data.pop("language")}
            save_profile(user=user, **data)
        except UnknownPlace as refused:
            form.add_error(refused.context["field"], refused.message)
        else:
            save_person(user=user, **person)
            messages.success(request, _("Saved."))
            response = redirect("account_home")
            response.set_cookie(
                "language", user.language, max_age=31_536_000, secure=True, httponly=True, samesite="Lax"
            )
            return response
    context = {"form": form, "pending": pending_email(user)}
    return render(request, "accounts/home.html", context, status=400 if form.errors else 200)


@signed_in
@braked
@sensitive_post_parameters()
@read_or_send
def change_email(request: RegionRequest) -> HttpResponse:
    """Another e-mail address: a code goes there, and until it is typed nothing changes."""
    form = ChangeEmailForm(request, request.member.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _send_mail_code(request, request.member.user, form.cleaned_data["email"])
    return render(request, "accounts/change_email.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@braked
@require_POST
def send_email_code(request: RegionRequest) -> HttpResponse:
    """A code for the address that waits to be proven."""
    address = pending_email(request.member.user)
    return _send_mail_code(request, request.member.user, address) if address else redirect("account_home")


@signed_in
@braked
@sensitive_post_parameters()
@read_or_send
def change_phone(request: RegionRequest) -> HttpResponse:
    """Another phone number: a code goes there, and until it is typed nothing changes."""
    form = ChangePhoneForm(request, request.member.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _send_phone_code(request, request.member.user, form.cleaned_data["phone"])
    return render(request, "accounts/change_phone.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@braked
@require_POST
def send_phone_code(request: RegionRequest) -> HttpResponse:
    """A code for the number that waits to be proven."""
    user = request.member.user
    if not user.phone or user.phone_verified:
        return redirect("account_home")
    return _send_phone_code(request, user, user.phone)


def _send_mail_code(request: RegionRequest, user: User, address: str) -> HttpResponse:
    ratelimit.consume(request, action="manage_email", user=user, raise_exception=True)
    EmailVerificationProcess.initiate(request=request, user=user, email=address)
    return redirect("account_email_verification_sent")


def _send_phone_code(request: RegionRequest, user: User, number: str) -> HttpResponse:
    ratelimit.consume(request, action="change_phone", user=user, raise_exception=True)
    ChangePhoneVerificationProcess.initiate(request, number)
    return redirect("account_verify_phone")
