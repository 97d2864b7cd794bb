"""Payouts at a unit: who waits, and paying them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.bank_sampah.forms import ReferenceForm
from tenant_apps.bank_sampah.models import Way, Withdrawal, WithdrawalState
from tenant_apps.bank_sampah.selectors.books import book_row, cash_of, payout_at, waiting_payouts
from tenant_apps.bank_sampah.services import cancel, pay, refuse
from tenant_apps.bank_sampah.views.doors import UnitRequest, at_unit, is_office, workers
from tenant_apps.privacy.models import Seen
from tenant_apps.privacy.services import note_look
from tenants.forms import ReasonForm
from tenants.kernel.errors import DomainError
from tenants.read_only import open_while_read_only

A_PAGE = 30


@workers
@never_cache
@require_safe
@at_unit
def payouts(request: UnitRequest) -> HttpResponse:
    """Who waits for money here. The Satker pays transfers too."""
    rows = waiting_payouts()
    if not is_office(request):
        rows = rows.filter(unit=request.unit)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"unit": request.unit, "page": page, "cash": cash_of(request.unit)}
    return render(request, "bank_sampah/payouts.html", context)


@workers
@never_cache
@require_safe
@at_unit
def payout(request: UnitRequest, number: str) -> HttpResponse:
    """One payout with its history."""
    found = _theirs(request, number)
    note_look(subject=found.book.member.public_id, what=Seen.PAYOUT, reader=request.member)
    return _page(request, found)


@workers
@open_while_read_only
@require_POST
@at_unit
def paid(request: UnitRequest, number: str) -> HttpResponse:
    """The money is handed over, or was transferred."""
    found, form = _theirs(request, number), ReferenceForm(request.POST)
    if not _may_pay(request, found):
        raise Http404("the Satker pays it")
    reference = form.cleaned_data["bank_reference"] if form.is_valid() else ""
    try:
        pay(withdrawal=found, by=request.member.actor, bank_reference=reference)
    except DomainError as refused:
        return _page(request, found, refused=refused.message, status=refused.status)
    messages.success(request, _("Paid out."))
    return redirect("bank_sampah:payout", request.unit.public_id, number)


@workers
@open_while_read_only
@require_POST
@at_unit
def not_paid(request: UnitRequest, number: str) -> HttpResponse:
    """It is refused with a reason, or the member wants it no more."""
    found, form = _theirs(request, number), ReasonForm(request.POST)
    keeps_saving = "cancel" in request.POST
    if not keeps_saving and not form.is_valid():
        return _page(request, found, reason=form, status=400)
    try:
        if keeps_saving:
            cancel(withdrawal=found, by=request.member.actor)
        else:
            refuse(withdrawal=found, by=request.member.actor, reason=form.cleaned_data["reason"])
    except DomainError as refused:
        return _page(request, found, refused=refused.message, status=refused.status)
    messages.success(request, _("The savings are in the book again."))
    return redirect("bank_sampah:payout", request.unit.public_id, number)


def _theirs(request: UnitRequest, number: str) -> Withdrawal:
    """Cash of this unit, what they asked for themselves, goods of their own members; for the Satker every payout."""
    found = payout_at(number)
    here = found.book.member.unit_id if found.way == Way.GOODS else found.unit_id
    mine = here == request.unit.pk or (found.way not in (Way.CASH, Way.GOODS) and found.by == request.member.actor)
    if not (mine or is_office(request)):
        raise Http404("a payout of another unit")
    return found


def _may_pay(request: UnitRequest, found: Withdrawal) -> bool:
    """Cash by the unit where it is fetched, everything else by the Satker."""
    return found.way == Way.CASH or is_office(request)


def _page(request: UnitRequest, found: Withdrawal, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "unit": request.unit,
        "payout": found,
        "row": book_row(found.book),
        "waits": found.state == WithdrawalState.REQUESTED,
        "can_pay": _may_pay(request, found),
        "reference": ReferenceForm(),
        "reason": ReasonForm(),
        "cash": cash_of(found.unit) if found.unit else None,
        "history": found.history.all(),
        **more,
    }
    return render(request, "bank_sampah/payout.html", context, status=status)
