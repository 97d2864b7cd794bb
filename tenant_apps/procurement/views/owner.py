"""The warung's pages: asking in a minute, following, writing down what arrived."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Pack
from tenant_apps.procurement.boards import A_PAGE, ask_board, total_of
from tenant_apps.procurement.errors import PricesMoved
from tenant_apps.procurement.forms import AskForm, PacksForm, Written, written
from tenant_apps.procurement.models import RestockRequest, RestockState
from tenant_apps.procurement.selectors import history_of, own_restock_for, requests_of
from tenant_apps.procurement.services import cancel_restock, receive_restock, submit_restock
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.kernel.errors import DomainError

PER_PAGE = 20

at_the_warung = roles_only(Role.OWNER, Role.STAFF)


@at_the_warung
@require_safe
@at_counter
def requests_page(request: CounterRequest) -> HttpResponse:
    """What the warung asked for, newest first."""
    page = Paginator(requests_of(request.counter.warung), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "procurement/toko/requests.html", {"page": page})


@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def new(request: CounterRequest) -> HttpResponse:
    """A new request. One form holds everything, so that it works without a script: searching keeps what is written."""
    if request.method != "POST":
        return _new_page(request, AskForm(initial={"key": uuid.uuid4()}), None)
    form, told = AskForm(request.POST), written(request.POST)
    act = request.POST.get("do", "")
    if act == "count":
        total = {"total": total_of(told.wishes.values()), "kinds": len(told.wishes)}
        return render(request, "procurement/toko/_total.html", total)
    if act != "send" or not form.is_valid() or told.unreadable:
        form.is_valid()
        return _new_page(request, form, told, status=400 if act == "send" else 200, more=act == "more")
    try:
        restock = submit_restock(
            warung=request.counter.warung,
            key=form.cleaned_data["key"],
            lines=list(told.wishes.values()),
            note=form.cleaned_data["note"],
            by=request.member.actor,
        )
    except DomainError as refused:
        return _new_page(request, form, told, refusal=refused, status=refused.status)
    messages.success(request, _("Your restock %(number)s is with the Satker.") % {"number": restock.number})
    return redirect("procurement:request", restock.number)


def _new_page(
    request: CounterRequest,
    form: AskForm,
    told: Written | None,
    *,
    refusal: DomainError | None = None,
    more: bool = False,
    status: int = 200,
) -> HttpResponse:
    data = form.cleaned_data if form.is_bound else {}
    shown = (data.get("shown") or A_PAGE) + (A_PAGE if more else 0)
    board = ask_board(
        request.counter.warung,
        the_satker(),
        wishes=told.wishes if told else None,
        unreadable=told.unreadable if told else None,
        text=data.get("q") or "",
        shown=shown,
    )
    context: dict[str, Any] = {
        "form": form,
        "board": board,
        "refusal": refusal,
        "moved": refusal.moved if isinstance(refusal, PricesMoved) else [],
        "gone": Pack.objects.select_related("product").filter(pk__in=board.gone),
        "q": data.get("q") or "",
        "shown": shown,
        "key": data.get("key") or form.initial.get("key") or uuid.uuid4(),
        "unreadable": told.unreadable if told else {},
    }
    return render(request, "procurement/toko/new.html", context, status=status)


@at_the_warung
@never_cache
@require_safe
def request_page(request: RegionRequest, number: str) -> HttpResponse:
    """One request: how far it is, and what the warung can do now."""
    return _request_page(request, own_restock_for(request.member, number))


@at_the_warung
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """The warung changes its mind."""
    restock = own_restock_for(request.member, number)
    try:
        cancel_restock(request=restock, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Restock %(number)s is cancelled.") % {"number": restock.number})
    return redirect("procurement:request", restock.number)


@at_the_warung
@never_cache
@require_POST
def receive(request: RegionRequest, number: str) -> HttpResponse:
    """What arrived, as the warung counted it."""
    restock = own_restock_for(request.member, number)
    form = _arrival_form(restock, request.POST)
    if not form.is_valid():
        return _request_page(request, restock, form, status=400)
    try:
        receive_restock(request=restock, quantities=form.quantities(), by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("Restock %(number)s lies on your shelf.") % {"number": restock.number})
    return redirect("procurement:request", restock.number)


def _arrival_form(restock: RestockRequest, data: Any = None) -> PacksForm:
    sent = restock.lines.filter(quantity_accepted__gt=0)
    return PacksForm(((line, line.quantity_accepted, line.quantity_accepted) for line in sent), data)


def _request_page(
    request: RegionRequest, restock: RestockRequest, form: PacksForm | None = None, *, status: int = 200
) -> HttpResponse:
    if form is None and restock.state == RestockState.SENT:
        form = _arrival_form(restock)
    context = {
        "restock": restock,
        "lines": restock.lines.all(),
        "history": history_of(restock),
        "form": form,
        "counting": [(line, form.field_of(line)) for line in form.lines] if form else [],
    }
    return render(request, "procurement/toko/request.html", context, status=status)
