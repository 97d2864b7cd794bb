"""The Satker's pages for requests: the queue, one request, the delivery note, what all need together."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.procurement.boards import answer_lines
from tenant_apps.procurement.forms import PacksForm, ReasonForm
from tenant_apps.procurement.models import RestockRequest, RestockState
from tenant_apps.procurement.selectors import (
    TABS,
    counts_by_tab,
    history_of,
    needs,
    requests_at_satker,
    restock_for,
    tab_called,
)
from tenant_apps.procurement.services import accept_restock, call_off_restock, reject_restock, send_restock
from tenant_apps.satker.selectors import the_satker
from tenant_apps.stock.errors import StockShort
from tenant_apps.warungs.selectors import village_names
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError, StaleDocument

PER_PAGE = 25
# From the Satker's promise on, there are goods to carry.
CARRIED = (RestockState.ACCEPTED, RestockState.SENT, RestockState.RECEIVED)

for_satker = roles_only(Role.SATKER)


@for_satker
@require_safe
def queue(request: RegionRequest) -> HttpResponse:
    """All requests, a tab for each state."""
    tab, text, counts = tab_called(request.GET.get("state", "")), asked_text(request), counts_by_tab()
    page = Paginator(requests_at_satker(tab, text), PER_PAGE).get_page(request.GET.get("page"))
    tabs = [(one, counts[one.name] if one.waits else 0) for one in TABS]
    context = {"page": page, "tabs": tabs, "tab": tab, "wanted": text}
    return render(request, "procurement/satker/queue.html", context)


@for_satker
@require_safe
def needs_page(request: RegionRequest) -> HttpResponse:
    """What all open requests need together."""
    text = asked_text(request)
    return render(request, "procurement/satker/needs.html", {"needs": needs(the_satker(), text=text), "wanted": text})


@for_satker
@never_cache
@require_safe
def review(request: RegionRequest, number: str) -> HttpResponse:
    """One request: how far it is, and what the Satker can do now."""
    return _review_page(request, restock_for(request.member, number))


@for_satker
@never_cache
@require_POST
def accept(request: RegionRequest, number: str) -> HttpResponse:
    """Promise these packs."""
    restock = restock_for(request.member, number)
    form = _answer_form(restock, request.POST)
    if not form.is_valid():
        return _review_page(request, restock, form, status=400)
    try:
        accept_restock(request=restock, quantities=form.quantities(), by=request.member.actor)
    except StockShort as short:
        products = {one.product_id for one in short.shortages}
        for line in form.lines:
            if line.product_id in products:
                form.add_error(f"packs-{line.pk}", _("There is not enough of this any more."))
        return _review_page(request, restock, form, status=short.status)
    except StaleDocument as late:
        messages.error(request, late.message)
        return redirect("procurement:review", number)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _review_page(request, restock, form, status=refused.status)
    messages.success(request, _("Restock %(number)s is accepted; its goods are set aside.") % {"number": number})
    return redirect("procurement:review", number)


@for_satker
@require_POST
def send(request: RegionRequest, number: str) -> HttpResponse:
    """The goods are on their way."""
    restock = restock_for(request.member, number)
    try:
        send_restock(request=restock, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Restock %(number)s is on the way.") % {"number": number})
    return redirect("procurement:review", number)


@for_satker
@require_POST
def reject(request: RegionRequest, number: str) -> HttpResponse:
    """Say why it cannot be filled."""
    return _with_reason(request, number, reject_restock, _("Restock %(number)s is rejected."))


@for_satker
@require_POST
def call_off(request: RegionRequest, number: str) -> HttpResponse:
    """Take a promise back, and say why."""
    return _with_reason(request, number, call_off_restock, _("Restock %(number)s is called off; its goods are free."))


@for_satker
@require_safe
def delivery_note(request: RegionRequest, number: str) -> HttpResponse:
    """The paper that travels with the goods."""
    restock = restock_for(request.member, number)
    if restock.state not in CARRIED:
        raise Http404("nothing is carried")
    warung = restock.warung
    context = {
        "restock": restock,
        "lines": restock.lines.filter(quantity_accepted__gt=0),
        "village": village_names({warung.village_code}).get(warung.village_code, ""),
    }
    return render(request, "procurement/satker/delivery_note.html", context)


def _with_reason(request: RegionRequest, number: str, act: Any, done: str) -> HttpResponse:
    restock = restock_for(request.member, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _review_page(request, restock, reason=form, status=400)
    try:
        act(request=restock, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done % {"number": number})
    return redirect("procurement:review", number)


def _answer_form(restock: RestockRequest, data: Any = None) -> PacksForm:
    return PacksForm(((one.line, one.fits, one.line.quantity_asked) for one in answer_lines(restock)), data)


def _review_page(
    request: RegionRequest,
    restock: RestockRequest,
    form: PacksForm | None = None,
    *,
    reason: ReasonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    answering = restock.state == RestockState.SUBMITTED
    if form is None and answering:
        form = _answer_form(restock)
    context = {
        "restock": restock,
        "lines": [(one, form.field_of(one.line) if form and answering else None) for one in answer_lines(restock)],
        "history": history_of(restock),
        "form": form,
        "reason": reason or ReasonForm(),
        "answering": answering,
        "carried": restock.state in CARRIED,
        "promised": restock.total_accepted > 0,
    }
    return render(request, "procurement/satker/review.html", context, status=status)
