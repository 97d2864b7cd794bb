"""The wizard, the progress page, and the operators' review. Doors to the services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from shared_apps.onboarding.errors import ConsentMissing, Incomplete
from shared_apps.onboarding.forms import AddressForm, ApplicantForm, ProofForm, RejectForm
from shared_apps.onboarding.models import Registration, Service, State
from shared_apps.onboarding.selectors import carving_of, counts_by_state, history_of, progress_of
from shared_apps.onboarding.services import deciding, drafting
from shared_apps.operations.access import operators_only
from shared_apps.regions.models import Level
from shared_apps.regions.picker import area_picker, is_search
from shared_apps.regions.selectors import area, path_of
from tenants.access import public_page
from tenants.hosts import host_of_slug, region_url
from tenants.kernel.errors import DomainError

STEPS = [
    ("wilayah", gettext_lazy("Area")),
    ("pemohon", gettext_lazy("Applicant")),
    ("bukti", gettext_lazy("Proof and services")),
    ("alamat", gettext_lazy("Address")),
    ("kirim", gettext_lazy("Review and send")),
]
STEP_TITLES = {
    "wilayah": gettext_lazy("Which areas will the market serve?"),
    "pemohon": gettext_lazy("Who registers the region?"),
    "bukti": gettext_lazy("Proof and services"),
    "alamat": gettext_lazy("Name and address of the market"),
    "kirim": gettext_lazy("Review and send"),
}
FORMS: dict[str, Any] = {"pemohon": ApplicantForm, "bukti": ProofForm, "alamat": AddressForm}
SESSION_KEY = "registrations"
# More areas than any region has; a longer list is nobody's.
MOST_AREAS = 60


def _mine(request: HttpRequest, public_id: UUID) -> Registration:
    """The registration that this browser started or opened from its mail; anybody else's is not there."""
    if str(public_id) not in request.session.get(SESSION_KEY, []):
        raise Http404
    return get_object_or_404(Registration, public_id=public_id)


def _remember(request: HttpRequest, registration: Registration) -> None:
    known = request.session.get(SESSION_KEY, [])
    if str(registration.public_id) not in known:
        request.session[SESSION_KEY] = [*known, str(registration.public_id)][-20:]


@public_page
def start(request: HttpRequest) -> HttpResponse:
    """The first page of the wizard: which areas."""
    return _areas_page(request, None)


def _step_context(name: str, registration: Registration | None) -> dict[str, Any]:
    """The wizard's page `name`: its title, and all steps with their state."""
    lacking = deciding.missing_steps(registration) if registration else [known for known, _label in STEPS]
    steps = [
        (known, label, "current" if known == name else "" if known in lacking or known == "kirim" else "done")
        for known, label in STEPS
    ]
    return {"steps": steps, "step": name, "step_title": STEP_TITLES[name], "registration": registration}


def _areas_page(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    errors = []
    if sent is not None and not is_search(sent):
        codes = sent.getlist("areas")[:MOST_AREAS]
        try:
            if not codes:
                raise Incomplete(_("Choose at least one area: search it by name, then tick it."))
            if registration is None:
                source = drafting.source_hash(request.META.get("REMOTE_ADDR", ""))
                registration = drafting.start_draft(area_codes=codes, source=source)
                _remember(request, registration)
            else:
                drafting.choose_areas(registration=registration, area_codes=codes)
            return redirect("onboarding:step", registration.public_id, "pemohon")
        except DomainError as refusal:
            errors.append(str(refusal.message))
    picker = area_picker(
        sent,
        label=_("Areas of the market"),
        hint=_("One kecamatan, a whole city, or several regencies together."),
        levels=(Level.PROVINCE, Level.REGENCY, Level.DISTRICT),
        initial=registration.area_codes if registration else (),
        errors=errors,
    )
    context = {**_step_context("wilayah", registration), "picker": picker}
    return render(request, "onboarding/areas.html", context, status=409 if errors else 200)


@public_page
def step(request: HttpRequest, public_id: UUID, name: str) -> HttpResponse:
    """One page of the wizard; what is sent is kept, and the next page follows."""
    registration = _mine(request, public_id)
    if not registration.editable:
        return redirect("onboarding:watch", public_id)
    if name == "wilayah":
        return _areas_page(request, registration)
    if name == "kirim":
        return _review_page(request, registration)
    if name not in FORMS:
        raise Http404
    form: forms.Form = FORMS[name](
        request.POST or None, request.FILES or None, initial=FORMS[name].initial_of(registration)
    )
    if request.method == "POST" and form.is_valid():
        try:
            _save(name, registration, form.cleaned_data)
        except DomainError as refusal:
            form.add_error({"bukti": "proof", "alamat": "slug"}.get(name), str(refusal.message))
        else:
            names = [known for known, _label in STEPS]
            return redirect("onboarding:step", public_id, names[names.index(name) + 1])
    context = {**_step_context(name, registration), "form": form, "base_host": settings.BASE_HOST}
    return render(request, "onboarding/form.html", context, status=409 if form.errors else 200)


def _save(name: str, registration: Registration, data: dict[str, Any]) -> None:
    if name == "pemohon":
        drafting.save_applicant(registration=registration, **data)
    elif name == "bukti":
        drafting.save_proof(registration=registration, file=data["proof"], services=data["services"])
    else:
        drafting.save_address(registration=registration, **data)


def _review_page(request: HttpRequest, registration: Registration) -> HttpResponse:
    error: DomainError | None = None
    if request.method == "POST":
        try:
            deciding.submit(registration=registration)
            return redirect("onboarding:watch", registration.public_id)
        except DomainError as refusal:
            error = refusal
    context = {**_step_context("kirim", registration), "error": error, **_facts(registration)}
    return render(request, "onboarding/review.html", context, status=409 if error else 200)


def _facts(registration: Registration) -> dict[str, Any]:
    wanted = [label for code, label in Service.choices if code in registration.services]
    return {
        "registration": registration,
        "areas": [path_of(area(code)) for code in registration.area_codes],
        "services": wanted,
        "host": host_of_slug(registration.slug) if registration.slug else "",
    }


@public_page
@require_POST
def resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mail the link again."""
    registration = _mine(request, public_id)
    drafting.send_resume_link(registration=registration)
    messages.success(request, _("A new link is on its way to %(email)s.") % {"email": registration.email})
    return redirect("onboarding:step", public_id, "kirim")


@public_page
@require_safe
def resume(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link: confirms the address and goes on where the applicant was."""
    registration = drafting.open_resume_link(token=token)
    if registration is None:
        return render(request, "onboarding/stale_link.html", status=404)
    _remember(request, registration)
    messages.success(request, _("Your e-mail address is confirmed."))
    if not registration.editable:
        return redirect("onboarding:watch", registration.public_id)
    return redirect("onboarding:step", registration.public_id, "kirim" if registration.slug else "bukti")


@public_page
@require_safe
def watch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the registration stands; while it is built the page renews itself."""
    registration = _mine(request, public_id)
    if registration.editable:
        return redirect("onboarding:step", public_id, "kirim")
    progress = progress_of(registration)
    renewing = bool(request.headers.get("HX-Request"))
    if renewing and request.GET.get("seen") == progress.mark:
        # htmx leaves the page as it is: nothing flickers, and a screen reader says only what is new.
        return HttpResponse(status=204)
    open_at = region_url(registration.region) if registration.region and registration.state == State.LIVE else ""
    context = {
        "registration": registration,
        "progress": progress,
        "moving": registration.state in (State.IN_REVIEW, State.APPROVED, State.PROVISIONING),
        "building": registration.state in (State.APPROVED, State.PROVISIONING, State.FAILED, State.LIVE),
        "address": open_at,
        "host": host_of_slug(registration.slug) if registration.slug else "",
        "carving": carving_of(registration),
    }
    return render(request, "onboarding/_progress.html" if renewing else "onboarding/watch.html", context)


@public_page
@require_POST
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    registration = _mine(request, public_id)
    deciding.withdraw(registration=registration, by=f"applicant:{registration.public_id}")
    return redirect("onboarding:watch", public_id)


@operators_only
@require_safe
def registrations(request: HttpRequest) -> HttpResponse:
    """Registrations to decide first, then all others."""
    wanted = request.GET.get("state", State.IN_REVIEW)
    wanted = wanted if wanted in State.values else ""
    rows = Registration.objects.exclude(state=State.DRAFT)
    rows = rows.filter(state=wanted) if wanted else rows
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    counts = counts_by_state()
    always = (State.IN_REVIEW, wanted)
    states = [(code, label, counts.get(code, 0)) for code, label in State.choices if code in counts or code in always]
    context = {"page": page, "wanted": wanted, "states": states}
    return render(request, "onboarding/registrations.html", context)


@operators_only
@require_safe
def registration(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything an operator needs to decide."""
    return _decision_page(request, get_object_or_404(Registration, public_id=public_id), RejectForm())


def _decision_page(request: HttpRequest, one: Registration, form: RejectForm, status: int = 200) -> HttpResponse:
    context = {**_facts(one), "form": form, "history": history_of(one), "progress": progress_of(one)}
    context["carving"] = carving_of(one)
    context["claims"] = one.claims.count()
    context["address"] = region_url(one.region) if one.region and one.state == State.LIVE else ""
    return render(request, "onboarding/registration.html", context, status=status)


@operators_only
@require_POST
def decide(request: HttpRequest, public_id: UUID, verdict: str) -> HttpResponse:
    """Approve, reject with a reason, or build again."""
    one = get_object_or_404(Registration, public_id=public_id)
    by = f"operator:{request.user.public_id}"  # type: ignore[union-attr]
    if verdict == "setujui":
        try:
            deciding.approve(registration=one, by=by)
        except ConsentMissing as refusal:
            messages.error(request, str(refusal.message))
    elif verdict == "ulangi":
        deciding.retry(registration=one, by=by)
    else:
        form = RejectForm(request.POST)
        if not form.is_valid():
            return _decision_page(request, one, form, status=409)
        deciding.reject(registration=one, by=by, reason=form.cleaned_data["reason"])
    return redirect("onboarding:registration", public_id)


@operators_only
@require_safe
def proof(request: HttpRequest, public_id: UUID) -> FileResponse:
    """The proof document, always as a download."""
    one = get_object_or_404(Registration, public_id=public_id)
    if not one.proof:
        raise Http404
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}[one.proof_type]
    return FileResponse(one.proof.open(), as_attachment=True, filename=f"bukti.{ending}", content_type=one.proof_type)
