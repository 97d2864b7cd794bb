"""The admin's page of the subscription: plan and usage, paying by card or by invoice. It stays open while the region is read-only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.billing import desk
from shared_apps.billing.forms import ClaimForm, OrderForm, PlanForm, QuotationForm, ReasonForm
from shared_apps.billing.models import PlanVersion
from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenants.kernel.errors import DomainError
from tenants.read_only import open_while_read_only

admins = roles_only(Role.ADMIN)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])
HOME = "region_setup:subscription"


@admins
@require_safe
def home(request: RegionRequest) -> HttpResponse:
    """Plan, state, usage against the limits, what comes next."""
    seen = desk.desk()
    bars = [(one.month.strftime("%m/%Y"), one.orders, f"{one.orders:,}".replace(",", ".")) for one in seen.months]
    context = {"desk": seen, "subscription": seen.subscription, "bars": bars, "end_form": ReasonForm(auto_id="end-%s")}
    return render(request, "region_setup/subscription.html", context)


@admins
@open_while_read_only
@read_or_send
def plans(request: RegionRequest) -> HttpResponse:
    """Another plan from the next payment on."""
    seen = desk.desk()
    chosen = {"plan": seen.subscription.plan.code, "interval": seen.subscription.interval}
    form = PlanForm(request.POST or None, plans=seen.plans, initial=chosen)
    if request.method == "POST" and form.is_valid():
        try:
            desk.change_plan(plan=_plan(form), interval=form.cleaned_data["interval"], by=request.member.actor)
        except DomainError as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("From the next payment on it is this plan."))
            return redirect(HOME)
    context = {"desk": seen, "form": form, "key": uuid4()}
    return render(request, "region_setup/subscription_plans.html", context, status=400 if form.errors else 200)


@admins
@open_while_read_only
@require_POST
def card(request: RegionRequest) -> HttpResponse:
    """To Stripe's own page, where it is paid by card."""
    form = PlanForm(request.POST, plans=desk.desk().plans)
    if not form.is_valid():
        messages.error(request, _("Choose a plan first."))
        return redirect("region_setup:subscription_plans")
    return _away(
        request,
        lambda key: desk.checkout(
            plan=_plan(form), interval=form.cleaned_data["interval"], key=key, by=request.member.actor
        ),
    )


@admins
@open_while_read_only
@require_POST
def portal(request: RegionRequest) -> HttpResponse:
    """To Stripe's own page, where the card is changed."""
    return _away(request, lambda key: desk.portal(key=key))


def _away(request: RegionRequest, address_for: Callable[[str], str]) -> HttpResponse:
    """A page that leads away by itself: our policy lets no form of ours end on another site."""
    try:
        address = address_for(_key(request))
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect(HOME)
    answer = render(request, "region_setup/subscription_away.html", {"address": address})
    answer.headers["Refresh"] = f"1; url={address}"
    return answer


@admins
@require_safe
def back(request: RegionRequest) -> HttpResponse:
    """From Stripe: what came of it is told by Stripe itself, and this page waits for it."""
    if desk.is_settled():
        messages.success(request, _("Thank you. The card is kept, and the subscription is active."))
        return redirect(HOME)
    tries = request.GET.get("lagi", "0")
    number = int(tries) if tries.isdecimal() and len(tries) < 4 else 0
    answer = render(request, "region_setup/subscription_back.html", {"waits": number < 20})
    if number < 20:
        answer.headers["Refresh"] = f"3; url={request.path}?lagi={number + 1}"
    return answer


@admins
@open_while_read_only
@read_or_send
def quotation(request: RegionRequest) -> HttpResponse:
    """The quotation that is open, or the question for one."""
    found = desk.quotation()
    if found is not None:
        return render(request, "region_setup/subscription_quotation.html", {"quotation": found, "form": OrderForm()})
    seen = desk.desk()
    row = seen.subscription
    known = {name: getattr(row, name) for name in ("institution", "npwp", "address", "email", "interval")}
    form = QuotationForm(request.POST or None, plans=seen.plans, initial={**known, "plan": row.plan.code})
    if request.method == "POST" and form.is_valid():
        given: dict[str, Any] = dict(form.cleaned_data)
        buyer = {name: given[name] for name in ("institution", "npwp", "address", "email")}
        try:
            desk.ask_quotation(plan=_plan(form), interval=given["interval"], buyer=buyer, by=request.member.actor)
        except DomainError as refusal:
            form.add_error("npwp" if refusal.code == "bad_buyer" else None, str(refusal.message))
        else:
            messages.success(request, _("We look at it and mail you as soon as the quotation is ready."))
            return redirect("region_setup:subscription_quotation")
    context = {"form": form, "desk": seen}
    return render(request, "region_setup/subscription_ask.html", context, status=400 if form.errors else 200)


@admins
@require_safe
def quotation_pdf(request: RegionRequest) -> HttpResponse:
    return _found(desk.quotation_pdf())


@admins
@open_while_read_only
@require_POST
def order(request: RegionRequest) -> HttpResponse:
    """The purchase order makes the quotation an invoice."""
    form = OrderForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            made = desk.order(
                po_number=form.cleaned_data["po_number"],
                file=form.cleaned_data["po_file"],
                by=request.member.actor,
            )
        except DomainError as refusal:
            form.add_error("po_file" if refusal.code == "bad_file" else "po_number", str(refusal.message))
        else:
            if made is None:
                raise Http404
            messages.success(request, _("Thank you. Invoice %(number)s is ready.") % {"number": made.number})
            return redirect("region_setup:subscription_invoice", made.public_id)
    found = desk.quotation()
    if found is None:
        raise Http404
    context = {"quotation": found, "form": form}
    return render(request, "region_setup/subscription_quotation.html", context, status=400)


@admins
@open_while_read_only
@require_POST
def withdraw(request: RegionRequest) -> HttpResponse:
    """The quotation is wanted no more."""
    desk.withdraw_quotation(by=request.member.actor)
    return redirect(HOME)


@admins
@require_safe
def invoices(request: RegionRequest) -> HttpResponse:
    """All of them, the newest first."""
    return render(request, "region_setup/subscription_invoices.html", {"invoices": desk.invoices()})


@admins
@open_while_read_only
@read_or_send
def invoice(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One invoice, and the proof that it was paid."""
    found = desk.invoice(public_id)
    if found is None:
        raise Http404
    form = ClaimForm(request.POST or None, request.FILES or None, initial={"amount": found.due})
    if request.method == "POST" and form.is_valid():
        try:
            desk.claim(public_id=public_id, **form.cleaned_data, by=request.member.actor)
        except DomainError as refusal:
            fields = {"bad_file": "proof", "bad_amount": "amount"}
            form.add_error(fields.get(refusal.code), str(refusal.message))
        else:
            messages.success(request, _("Thank you. We look it up at the bank and confirm it here."))
            return redirect("region_setup:subscription_invoice", public_id)
    waits = any(one.state == "claimed" for one in found.payments.all())
    context = {"invoice": found, "form": form, "waits": waits}
    return render(request, "region_setup/subscription_invoice.html", context, status=400 if form.errors else 200)


@admins
@require_safe
def invoice_pdf(request: RegionRequest, public_id: UUID) -> HttpResponse:
    return _found(desk.invoice_pdf(public_id))


@admins
@require_safe
def credit_note_pdf(request: RegionRequest, public_id: UUID) -> HttpResponse:
    return _found(desk.credit_note_pdf(public_id))


@admins
@open_while_read_only
@require_POST
def end(request: RegionRequest) -> HttpResponse:
    """It ends when what is paid for ends."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Write why, so that we can learn from it."))
        return redirect(HOME)
    desk.end(by=request.member.actor, reason=form.cleaned_data["reason"])
    messages.success(request, _("The subscription ends when what is paid for ends."))
    return redirect(HOME)


@admins
@open_while_read_only
@require_POST
def go_on(request: RegionRequest) -> HttpResponse:
    """It ends no more."""
    desk.go_on(by=request.member.actor)
    return redirect(HOME)


@admins
@open_while_read_only
@require_POST
def leave(request: RegionRequest) -> HttpResponse:
    """The sponsor pays no more after what it has paid."""
    desk.leave(by=request.member.actor)
    messages.success(request, _("The region leaves its sponsor when what the sponsor has paid for ends."))
    return redirect(HOME)


def _plan(form: PlanForm) -> PlanVersion:
    found = desk.plan_called(form.cleaned_data["plan"])
    if found is None:
        raise Http404
    return found


def _key(request: RegionRequest) -> str:
    """The page's own key, so that a second tap opens the same payment; a new one for who sends none."""
    try:
        return str(UUID(request.POST.get("key", "")))
    except ValueError:
        return str(uuid4())


def _found(paper: HttpResponse | None) -> HttpResponse:
    if paper is None:
        raise Http404
    return paper
