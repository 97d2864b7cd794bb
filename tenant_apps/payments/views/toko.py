"""The warung's own people: their QRIS code, and which payments came."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.payments.errors import BadQris
from tenant_apps.payments.forms import CameForm, CodeForm, StepForm
from tenant_apps.payments.models import Payment, PaymentState, WarungQris
from tenant_apps.payments.selectors import issue_for, issues_shown, payment_of_warung, payments_seen_at, waiting_at
from tenant_apps.payments.services.codes import ReadCode, drop_code, keep_code, read_code
from tenant_apps.payments.services.queue import take_step
from tenant_apps.payments.services.receiving import confirm_received, deny_received
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.kernel.errors import DomainError
from tenants.kernel.money import rupiah_text

PER_PAGE = 20

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
@owners_only
def code(request: CounterRequest) -> HttpResponse:
    """The owner pastes the text of their code, sees whose it is, and says yes. Nothing is kept before that."""
    warung = request.counter.warung
    if request.method != "POST":
        return _code_page(request, CodeForm())
    if request.POST.get("do") == "drop":
        drop_code(warung=warung)
        messages.success(request, _("Customers can no longer pay %(warung)s by QRIS.") % {"warung": warung.name})
        return redirect("payments:code")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form, status=400)
    text = form.cleaned_data["payload"]
    try:
        if request.POST.get("do") != "keep":
            return _code_page(request, form, read=read_code(text))
        keep_code(warung=warung, text=text, by=request.member.actor)
    except BadQris as refused:
        for reason in refused.reasons:
            form.add_error("payload", reason)
        return _code_page(request, form, status=refused.status)
    messages.success(request, _("Customers can now pay by QRIS."))
    return redirect("payments:code")


def _code_page(
    request: CounterRequest, form: CodeForm, *, read: ReadCode | None = None, status: int = 200
) -> HttpResponse:
    kept = WarungQris.objects.filter(warung=request.counter.warung).first()
    return render(request, "payments/toko/code.html", {"form": form, "read": read, "kept": kept}, status=status)


@at_the_warung
@never_cache
@require_safe
@at_counter
def payments_page(request: CounterRequest) -> HttpResponse:
    """What waits for a look at the phone, and what has to be cleared up; below it what was paid."""
    warung = request.counter.warung
    page = Paginator(payments_seen_at(warung), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": waiting_at(warung)[:PER_PAGE],
        "issues": issues_shown(warung=warung)[:PER_PAGE],
        "page": page,
        "has_code": WarungQris.objects.filter(warung=warung).exists(),
        "form": CameForm(),
    }
    return render(request, "payments/toko/payments.html", context)


@at_the_warung
@require_POST
def confirm(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The money is on the owner's phone."""
    payment = payment_of_warung(request.member, public_id)
    form = CameForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(str(one) for one in form.errors["amount"]))
        return redirect("payments:of_warung")
    try:
        now = confirm_received(payment=payment, by=request.member.actor, amount=form.cleaned_data["amount"])
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _told(now))
    return redirect("payments:of_warung")


def _told(payment: Payment) -> str:
    names = {"number": payment.number, "missing": rupiah_text(payment.missing)}
    if payment.state == PaymentState.PENDING:
        return _("%(number)s still lacks %(missing)s. Say below how it goes on.") % names
    if payment.state in (PaymentState.EXPIRED, PaymentState.CANCELLED):
        return _("The money for %(number)s came too late. It goes to the payer's WARSA balance.") % names
    return _("%(number)s is paid.") % names


@at_the_warung
@require_POST
def deny(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The money is not there; the payer sees it."""
    payment = payment_of_warung(request.member, public_id)
    deny_received(payment=payment, by=request.member.actor)
    messages.info(request, _("The payer of %(number)s sees that nothing came.") % {"number": payment.number})
    return redirect("payments:of_warung")


@at_the_warung
@require_POST
def step(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The next step of an issue at this warung."""
    return take_next_step(request, public_id, "payments:of_warung")


def take_next_step(request: RegionRequest, public_id: UUID, back: str) -> HttpResponse:
    issue = issue_for(request.member, public_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This step does not fit. Look at it again."))
        return redirect(back)
    data = form.cleaned_data
    try:
        take_step(issue=issue, step=data["step"], by=request.member.actor, note=data["note"])
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Done."))
    return redirect(back)
