"""The bon: who owes how much, what they paid, and what is given up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.ledger.selectors import Period, page_of, statement_of
from tenant_apps.pos.forms import BonForm, BonPaymentForm, WriteOffForm
from tenant_apps.pos.models import BonCustomer
from tenant_apps.pos.selectors import bon_account, bon_for, bons_of, owed_by, owed_to
from tenant_apps.pos.services import change_bon, close_bon, open_bon, pay_bon, reopen_bon, write_off_bon
from tenant_apps.warungs.counter import CounterRequest, at_counter, owners_only
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

PER_PAGE = 30

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
owners = roles_only(Role.OWNER, Role.SATKER)


@at_the_warung
@never_cache
@require_safe
@at_counter
def bons(request: CounterRequest) -> HttpResponse:
    """All of them with what they owe."""
    warung, words = request.counter.warung, asked_text(request)
    rows = bons_of(warung)
    if words:
        rows = rows.filter(name__icontains=words)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    owed = owed_by(page.object_list)
    context = {
        "page": page,
        "rows": [(one, owed[one.pk]) for one in page],
        "total": owed_to(warung),
        "wanted": words,
    }
    return render(request, "pos/bons.html", context)


@owners
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
@owners_only
def new(request: CounterRequest) -> HttpResponse:
    """Somebody may take goods on credit from now on."""
    form = BonForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            made = open_bon(warung=request.counter.warung, by=request.member.actor, **form.cleaned_data)
        except DomainError as refused:
            form.add_error("name", refused.message)
            status = refused.status
        else:
            messages.success(request, _("%(name)s has a bon now.") % {"name": made.name})
            return redirect("pos:bon", made.public_id)
    elif form.is_bound:
        status = 400
    return render(request, "pos/bon_form.html", {"form": form}, status=status)


@at_the_warung
@never_cache
@require_safe
@at_counter
def bon(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """One customer: what they owe and how it came to that."""
    return _page(request, bon_for(request.counter.warung, public_id))


@at_the_warung
@require_POST
@at_counter
def pay(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """They pay some of it."""
    customer, form = bon_for(request.counter.warung, public_id), BonPaymentForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, payment=form, status=400)
    told = form.cleaned_data
    parts = {"cash": 0, "qris": 0, told["way"]: told["amount"]}
    try:
        pay_bon(customer=customer, key=told["key"], by=request.member.actor, **parts)
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _page(request, customer, payment=form, status=refused.status)
    messages.success(request, _("Written down."))
    return redirect("pos:bon", public_id)


@owners
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
@owners_only
def change(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Another name, number or limit."""
    customer = bon_for(request.counter.warung, public_id)
    initial = {"name": customer.name, "phone": customer.phone, "limit": customer.limit}
    form = BonForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if form.is_valid():
        try:
            change_bon(customer=customer, **form.cleaned_data)
        except DomainError as refused:
            form.add_error("name", refused.message)
            status = refused.status
        else:
            return redirect("pos:bon", public_id)
    elif form.is_bound:
        status = 400
    return render(request, "pos/bon_form.html", {"form": form, "customer": customer}, status=status)


@owners
@require_POST
@at_counter
@owners_only
def write_off(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """The owner gives up what nobody will pay."""
    customer, form = bon_for(request.counter.warung, public_id), WriteOffForm(request.POST)
    if not form.is_valid():
        return _page(request, customer, giving_up=form, status=400)
    told = form.cleaned_data
    try:
        write_off_bon(
            customer=customer, key=told["key"], amount=told["amount"], reason=told["reason"], by=request.member.actor
        )
    except DomainError as refused:
        form.add_error("amount", refused.message)
        return _page(request, customer, giving_up=form, status=refused.status)
    messages.success(request, _("Written down."))
    return redirect("pos:bon", public_id)


@owners
@require_POST
@at_counter
@owners_only
def close(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Nothing more is written on this bon; or again, when it was closed."""
    customer = bon_for(request.counter.warung, public_id)
    try:
        if "open" in request.POST:
            reopen_bon(customer=customer)
        else:
            close_bon(customer=customer)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    return redirect("pos:bon", public_id)


def _page(
    request: CounterRequest,
    customer: BonCustomer,
    *,
    payment: BonPaymentForm | None = None,
    giving_up: WriteOffForm | None = None,
    status: int = 200,
) -> HttpResponse:
    account = bon_account(customer)
    shown: dict[str, Any] = {}
    if account is not None:
        page, movements = page_of(statement_of(account, Period()), request.GET.get("page"))
        shown = {"page": page, "movements": movements}
    owed = account.amount if account else 0
    context = {
        **shown,
        "customer": customer,
        "owed": owed,
        "room": max(customer.limit - owed, 0),
        "payment": payment or BonPaymentForm(),
        "giving_up": giving_up or WriteOffForm(),
        "is_owner": request.counter.is_owner,
    }
    return render(request, "pos/bon.html", context, status=status)
