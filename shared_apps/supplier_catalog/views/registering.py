"""Registering as a supplier: where it delivers, what it is, and the mail that confirms it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.regions.models import Level
from shared_apps.regions.picker import FIELD, AreaPicker, area_picker, is_search
from shared_apps.regions.selectors import hits_of
from shared_apps.supplier_catalog.forms import RegisterForm
from shared_apps.supplier_catalog.models import SupplierInvitation
from shared_apps.supplier_catalog.services.facts import DELIVERED, clean_areas
from shared_apps.supplier_catalog.services.inviting import REGISTRATION, send_again
from shared_apps.supplier_catalog.services.registering import register
from tenants.access import public_page
from tenants.kernel.errors import DomainError

AREAS_KEY, SENT_KEY = "supplier_areas", "supplier_registered"
STEPS = [("wilayah", gettext_lazy("Where you deliver")), ("usaha", gettext_lazy("Your business"))]


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def areas(request: HttpRequest) -> HttpResponse:
    """First page: where the supplier delivers."""
    sent = request.POST if request.method == "POST" else None
    errors = []
    if sent is not None and not is_search(sent):
        try:
            request.session[AREAS_KEY] = clean_areas(sent.getlist(FIELD))
            return redirect("supplier_registration:business")
        except DomainError as refusal:
            errors.append(str(refusal.message))
    picker = area_picker(
        sent,
        label=_("Areas where you deliver"),
        hint=_("Whole provinces, cities or regencies, or single kecamatan. You can change this later."),
        levels=DELIVERED,
        initial=request.session.get(AREAS_KEY, ()),
        errors=errors,
    )
    context = {"picker": picker, "steps": _steps("wilayah")}
    return render(request, "supplier_catalog/register_areas.html", context, status=400 if errors else 200)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def business(request: HttpRequest) -> HttpResponse:
    """Second page: the business, and who registers it. Sending it registers."""
    codes = request.session.get(AREAS_KEY)
    if not codes:
        return redirect("supplier_registration:areas")
    if request.method != "POST":
        return _business_page(request, RegisterForm(), codes)
    if is_search(request.POST):
        return _business_page(request, RegisterForm(initial=request.POST.dict()), codes)
    form, place = RegisterForm(request.POST), place_in(request)
    problem = "" if place else missing_place()
    if form.is_valid() and place:
        data = form.cleaned_data
        try:
            one = register(
                business=form.business(place),
                nib=data["nib"],
                npwp=data["npwp"],
                areas=codes,
                person=data["person"],
                source=request.META.get("REMOTE_ADDR", ""),
            )
        except DomainError as refusal:
            problem = told(form, refusal)
            return _business_page(request, form, codes, problem=problem, status=refusal.status)
        request.session.pop(AREAS_KEY, None)
        invitation = one.invitations.filter(accepted_at=None, withdrawn_at=None, by=REGISTRATION).first()
        request.session[SENT_KEY] = str(invitation.public_id) if invitation else ""
        return redirect("supplier_registration:sent")
    return _business_page(request, form, codes, problem=problem, status=400)


@public_page
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The mail is on its way."""
    invitation = _sent_invitation(request)
    if invitation is None:
        return redirect("supplier_registration:areas")
    return render(request, "supplier_catalog/register_sent.html", {"invitation": invitation})


@public_page
@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Mail the link again, to the address that was registered from this browser."""
    invitation = _sent_invitation(request)
    if invitation is None:
        return redirect("supplier_registration:areas")
    send_again(invitation=invitation, by=REGISTRATION)
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("supplier_registration:sent")


def place_in(request: HttpRequest) -> str:
    """The code of the one area that a form chose; empty for none."""
    return next(iter(request.POST.getlist(FIELD)[-1:]), "")


def missing_place() -> str:
    return _("Choose the kelurahan or kecamatan where the business is: search it by name, then tick it.")


def told(form: Any, refusal: DomainError) -> str:
    """The refusal stands at the field that it is about; what is about the place is returned, for the picker."""
    field = refusal.context.get("field") or {"phone_refused": "phone"}.get(refusal.code)
    if "area" in refusal.context:
        return str(refusal.message)
    form.add_error(field if field in form.fields else None, str(refusal.message))
    return ""


def place_picker(request: HttpRequest, *, initial: str = "", problem: str = "") -> AreaPicker:
    """The picker of the one area where a business is."""
    return area_picker(
        request.POST if request.method == "POST" else None,
        label=_("Where the business is"),
        hint=_("The kelurahan, or else the kecamatan."),
        levels=(Level.REGENCY, Level.DISTRICT, Level.VILLAGE),
        multiple=False,
        initial=[initial] if initial else (),
        errors=[problem] if problem else (),
    )


def _business_page(
    request: HttpRequest, form: RegisterForm, codes: list[str], *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "picker": place_picker(request, problem=problem),
        "areas": [hit.path for hit in hits_of(codes)],
        "steps": _steps("usaha"),
    }
    return render(request, "supplier_catalog/register_business.html", context, status=status)


def _steps(current: str) -> list[tuple[str, Any, str]]:
    names = [name for name, _label in STEPS]
    return [
        (name, label, "current" if name == current else "done" if names.index(name) < names.index(current) else "")
        for name, label in STEPS
    ]


def _sent_invitation(request: HttpRequest) -> SupplierInvitation | None:
    try:
        wanted = UUID(request.session.get(SENT_KEY, ""))
    except ValueError:
        return None
    return SupplierInvitation.objects.select_related("organisation").filter(public_id=wanted).first()
