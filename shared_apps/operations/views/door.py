"""The door of the console: the second factor is shown here, and added."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.operations import second_factor
from shared_apps.operations.access import at_the_door, grant_of
from shared_apps.operations.forms import AppForm, CodeForm, DeviceForm
from shared_apps.operations.models import AuthenticatorApp, OperatorGrant
from tenants.identity.passkeys import site_of
from tenants.kernel.errors import DomainError
from tenants.limits import within_limit

_SECRET = "second_factor_secret"  # noqa: S105 - a name in the session
_CODES = "second_factor_codes"
QUESTIONS_AN_HOUR = 60


@at_the_door
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def door(request: HttpRequest) -> HttpResponse:
    """Show the second factor and go on to where one was heading; who has none yet adds one first."""
    grant = _grant(request)
    target = _target(request)
    if not second_factor.has_any(grant):
        return redirect("operations:keys")
    if second_factor.is_fresh(request.session) and request.method == "GET":
        return redirect(target)
    form = CodeForm(request.POST if request.POST.get("code") else None)
    status = 200
    if request.method == "POST":
        try:
            if answer := request.POST.get("passkey", ""):
                second_factor.show_passkey(
                    grant=grant, site=site_of(request), session=request.session, answer=answer[:20_000]
                )
            elif form.is_valid():
                second_factor.show_code(grant=grant, code=form.cleaned_data["code"])
            else:
                return _door(request, grant, form, target, 400)
        except DomainError as refused:
            if form.is_bound:
                form.add_error("code", refused.message)
            else:
                messages.error(request, str(refused.message))
            return _door(request, grant, form, target, refused.status)
        second_factor.note_shown(request.session)
        return redirect(target)
    return _door(request, grant, form, target, status)


@at_the_door
@never_cache
@require_POST
def question(request: HttpRequest) -> JsonResponse:
    """What the browser asks the operator's device."""
    grant = _grant(request)
    if not within_limit("operator-passkey", str(grant.pk), most=QUESTIONS_AN_HOUR, seconds=3600):
        return _no(_("Too many tries. Try again in an hour."), 429)
    try:
        asked = second_factor.question_at_the_door(grant=grant, site=site_of(request), session=request.session)
    except DomainError as refused:
        return _no(str(refused.message), refused.status)
    return JsonResponse(asked)


@at_the_door
@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """One's own app, devices and codes on paper."""
    if (elsewhere := _locked_out(request)) is not None:
        return elsewhere
    return _keys(request, AppForm(), DeviceForm())


@at_the_door
@never_cache
@sensitive_post_parameters()
@require_POST
def save_app(request: HttpRequest) -> HttpResponse:
    """The app that shows the right code is the operator's."""
    if (elsewhere := _locked_out(request)) is not None:
        return elsewhere
    form = AppForm(request.POST)
    secret = request.session.get(_SECRET)
    if not form.is_valid() or not secret:
        return _keys(request, form, DeviceForm(), 400)
    try:
        second_factor.add_app(grant=_grant(request), secret=secret, code=form.cleaned_data["code"])
    except DomainError as refused:
        form.add_error("code", refused.message)
        return _keys(request, form, DeviceForm(), refused.status)
    request.session.pop(_SECRET, None)
    return _added(request, _("The app is added. From now on its code is asked at each sign-in."))


@at_the_door
@never_cache
@require_POST
def device_question(request: HttpRequest) -> HttpResponse:
    """What the browser is asked to make."""
    if _locked_out(request) is not None:
        return _no(_("Show your second factor first."), 403)
    try:
        asked = second_factor.question_for_new_passkey(
            grant=_grant(request), site=site_of(request), session=request.session
        )
    except DomainError as refused:
        return _no(str(refused.message), refused.status)
    return JsonResponse(asked)


@at_the_door
@never_cache
@sensitive_post_parameters()
@require_POST
def save_device(request: HttpRequest) -> HttpResponse:
    """What it made is kept."""
    if (elsewhere := _locked_out(request)) is not None:
        return elsewhere
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return _keys(request, AppForm(), form, 400)
    try:
        second_factor.add_passkey(
            grant=_grant(request),
            site=site_of(request),
            session=request.session,
            name=form.cleaned_data["name"],
            answer=form.cleaned_data["passkey"],
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _keys(request, AppForm(), form, refused.status)
    return _added(request, _("The passkey is added. It opens the console in place of a code."))


@at_the_door
@require_POST
def remove_device(request: HttpRequest, number: int) -> HttpResponse:
    """A device is used no more."""
    if (elsewhere := _locked_out(request)) is not None:
        return elsewhere
    if second_factor.remove_passkey(grant=_grant(request), number=number):
        messages.success(request, _("The passkey is deleted."))
    return redirect("operations:keys")


@at_the_door
@never_cache
@require_POST
def new_codes(request: HttpRequest) -> HttpResponse:
    """Codes for paper, shown once."""
    if not second_factor.is_fresh(request.session):
        # With a password alone nobody takes codes home.
        return redirect(f"{reverse('operations:door')}?next={reverse('operations:keys')}")
    request.session[_CODES] = second_factor.new_recovery_codes(grant=_grant(request))
    return redirect("operations:keys")


def _grant(request: HttpRequest) -> OperatorGrant:
    grant = grant_of(request)
    assert grant is not None
    return grant


def _locked_out(request: HttpRequest) -> HttpResponse | None:
    """Who has a second factor shows it before changing it; who has none adds the first with the password alone."""
    if second_factor.is_fresh(request.session) or not second_factor.has_any(_grant(request)):
        return None
    return redirect(f"{reverse('operations:door')}?next={reverse('operations:keys')}")


def _added(request: HttpRequest, words: str) -> HttpResponse:
    grant = _grant(request)
    first = not second_factor.is_fresh(request.session)
    if first:
        second_factor.note_shown(request.session)
    if first or not grant.recovery_codes.exists():
        request.session[_CODES] = second_factor.new_recovery_codes(grant=grant)
    messages.success(request, words)
    return redirect("operations:keys")


def _target(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    own = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if own and target.startswith("/") else reverse("operations:console")


def _door(request: HttpRequest, grant: OperatorGrant, form: CodeForm, target: str, status: int) -> HttpResponse:
    context = {"form": form, "next": target, "has_passkey": grant.passkeys.exists()}
    return render(request, "operations/door.html", context, status=status)


def _keys(request: HttpRequest, app_form: AppForm, device_form: DeviceForm, status: int = 200) -> HttpResponse:
    grant = _grant(request)
    secret = request.session.get(_SECRET)
    if secret is None:
        secret = request.session[_SECRET] = second_factor.new_secret()
    qr = segno.make(second_factor.provisioning_uri(grant, secret), error="m", micro=False)
    context: dict[str, Any] = {
        "app": AuthenticatorApp.objects.filter(grant=grant).first(),
        "app_form": app_form,
        "device_form": device_form,
        "passkeys": grant.passkeys.order_by("pk"),
        "has_any": second_factor.has_any(grant),
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "qr": qr.svg_data_uri(scale=5, border=3, light="#fff"),
        "codes": request.session.pop(_CODES, []),
        "codes_left": grant.recovery_codes.filter(used_at=None).count(),
    }
    return render(request, "operations/keys.html", context, status=status)


def _no(reason: str, status: int) -> JsonResponse:
    return JsonResponse({"reason": reason}, status=status)
