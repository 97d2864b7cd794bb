"""The Satker's pages for handing out: the fair split, routes and picking lists, and each hand-over on the courier's phone."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement import papers
from tenant_apps.procurement.allotting import Sharing, sharings
from tenant_apps.procurement.goods_forms import MOST_SHARES, HandForm, RoutesForm, ShareForm, sent_warungs
from tenant_apps.procurement.goods_selectors import (
    cycle_of_number,
    goods_of,
    hand_over_of,
    hand_overs_of,
    route_lists,
    route_names,
    stops_of,
)
from tenant_apps.procurement.models import Cycle, CycleState, HandOver, HandOverState
from tenant_apps.procurement.selectors import names_of
from tenant_apps.procurement.services.handing import bring_again, hand_over, load, miss
from tenant_apps.procurement.services.routing import change_routes
from tenant_apps.procurement.services.sharing import confirm_distribution
from tenant_apps.procurement.views.satker import for_satker
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

# A page of hand-overs, and of warungs whose routes are changed: two fields each, of which Django takes a thousand.
PER_PAGE = 100
read_or_send = require_http_methods(["GET", "HEAD", "POST"])
PAPERS = {
    "surat-jalan": papers.delivery_note,
    "berita-acara": papers.hand_over_record,
    "faktur": papers.invoice_to_warung,
}


@for_satker
@never_cache
@read_or_send
def shares(request: RegionRequest, number: str) -> HttpResponse:
    """What came and how it is shared out; one button sets it aside. `?barang=` shifts one line alone where there are many."""
    cycle = cycle_of_number(number)
    found = sharings(cycle)
    shown = _shown(found, request.GET.get("barang", ""))
    if request.method != "POST":
        return _shares_page(request, cycle, found, ShareForm(shown, key=uuid.uuid4()))
    form = ShareForm(shown, request.POST)
    if not form.is_valid():
        return _shares_page(request, cycle, found, form, status=400)
    told = form.cleaned_data
    try:
        confirm_distribution(
            cycle=cycle, key=told["key"], units=form.units(), reason=told["reason"], by=request.member.actor
        )
    except DomainError as refused:
        name = f"units-{refused.context.get('part_id')}"
        form.add_error(name if name in form.fields else None, refused.message)
        return _shares_page(request, cycle, found, form, status=refused.status)
    messages.success(request, _("The goods are shared out and set aside. The owners are told."))
    return redirect("procurement:shares", number)


def _shown(found: list[Sharing], wanted: str) -> list[Sharing]:
    """The lines whose shares the page lets somebody change."""
    if wanted:
        return [one for one in found if str(one.line.pk) == wanted]
    return found if sum(len(one.shares) for one in found) <= MOST_SHARES else []


def _shares_page(
    request: RegionRequest, cycle: Cycle, found: list[Sharing], form: ShareForm, *, status: int = 200
) -> HttpResponse:
    text = asked_text(request)
    page = Paginator(hand_overs_of(cycle, text=text), PER_PAGE).get_page(request.GET.get("page"))
    routes: dict[str, list[HandOver]] = {}
    for one in page:
        routes.setdefault(one.route_name or "", []).append(one)  # type: ignore[attr-defined]
    context = {
        "cycle": cycle,
        "found": found,
        "form": form,
        "rows": form.rows(),
        "routes": routes.items(),
        "page": page,
        "wanted": text,
        "can_share": cycle.state == CycleState.RECEIVING,
    }
    return render(request, "procurement/goods/satker/shares.html", context, status=status)


@for_satker
@never_cache
@read_or_send
def routes(request: RegionRequest, number: str) -> HttpResponse:
    """Which warung is on which route, and at which place: a page of them, or those that were sent."""
    cycle = cycle_of_number(number)
    every = stops_of(cycle)
    page = Paginator(every, PER_PAGE).get_page(request.GET.get("page"))
    form, status = RoutesForm(page), 200
    if request.method == "POST":
        # Somebody may have moved warungs to other pages meanwhile.
        form = RoutesForm(every.filter(warung__in=sent_warungs(request.POST)[:PER_PAGE]), request.POST)
        status = 400
        if form.is_valid():
            try:
                change_routes(cycle=cycle, places=form.places())
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.status
            else:
                messages.success(request, _("The routes are changed."))
                if page.has_other_pages():
                    return redirect(f"{request.path}?page={page.number}")
                return redirect("procurement:shares", number)
    context = {"cycle": cycle, "form": form, "rows": form.rows(), "page": page, "names": route_names(cycle)}
    return render(request, "procurement/goods/satker/routes.html", context, status=status)


@for_satker
@never_cache
@require_safe
def picking(request: RegionRequest, number: str) -> HttpResponse:
    """What is to be picked, by route and warung; `?bentuk=pdf` on paper."""
    cycle = cycle_of_number(number)
    lists = route_lists(cycle)
    if request.GET.get("bentuk") == "pdf":
        return papers.picking_lists(cycle, lists)
    everything = goods_of(one for route in lists for one in route.hand_overs)
    context = {"cycle": cycle, "routes": lists, "everything": everything}
    return render(request, "procurement/goods/satker/picking.html", context)


@for_satker
@require_POST
def load_route(request: RegionRequest, number: str) -> HttpResponse:
    """A whole route is on the lorry."""
    cycle = cycle_of_number(number)
    wanted = request.POST.get("route", "")
    picked = [one for route in route_lists(cycle) if route.name == wanted for one in route.hand_overs]
    count = load(hand_overs=picked, by=request.member.actor)
    words = ngettext("%(count)s hand-over is on the way.", "%(count)s hand-overs are on the way.", count)
    messages.success(request, words % {"count": count})
    return redirect("procurement:picking", number)


@for_satker
@never_cache
@read_or_send
def one(request: RegionRequest, number: str, document: str) -> HttpResponse:
    """One hand-over: on the courier's phone, goods are counted and signed for here."""
    found = hand_over_of(cycle_of_number(number), document)
    lines = list(found.lines.all())
    if request.method != "POST":
        owner = found.warung.owner
        form = HandForm(lines, key=uuid.uuid4(), name=str(owner) if owner else "")
        return _one_page(request, found, form)
    form = HandForm(lines, request.POST)
    if not form.is_valid():
        return _one_page(request, found, form, status=400)
    try:
        hand_over(
            document=found,
            key=form.cleaned_data["key"],
            handed=form.handed(),
            reasons=form.reasons(),
            signed=form.signed(),
            paid=form.cleaned_data["paid"] or 0,
            by=request.member.actor,
        )
    except DomainError as refused:
        name = f"units-{refused.context.get('line_id')}"
        form.add_error(name if name in form.fields else None, refused.message)
        return _one_page(request, found, form, status=refused.status)
    messages.success(request, _("Hand-over %(number)s is signed.") % {"number": found.number})
    return redirect("procurement:hand_over", number, document)


def _one_page(request: RegionRequest, found: HandOver, form: HandForm, *, status: int = 200) -> HttpResponse:
    events = list(found.history.all())
    names = names_of(event.by for event in events)
    context: dict[str, Any] = {
        "cycle": found.cycle,
        "one": found,
        "form": form,
        "rows": form.rows(),
        "history": [(event, names.get(event.by, "")) for event in events],
        "payments": found.payments.all(),
    }
    return render(request, "procurement/goods/satker/hand_over.html", context, status=status)


@for_satker
@require_POST
def load_one(request: RegionRequest, number: str, document: str) -> HttpResponse:
    """It is on the lorry."""
    load(hand_overs=[hand_over_of(cycle_of_number(number), document)], by=request.member.actor)
    return redirect("procurement:hand_over", number, document)


@for_satker
@require_POST
def missed(request: RegionRequest, number: str, document: str) -> HttpResponse:
    """Nobody was there."""
    found = hand_over_of(cycle_of_number(number), document)
    return _step(request, found, miss, reason=request.POST.get("reason", ""))


@for_satker
@require_POST
def again(request: RegionRequest, number: str, document: str) -> HttpResponse:
    """It is brought once more."""
    return _step(request, hand_over_of(cycle_of_number(number), document), bring_again)


def _step(request: RegionRequest, found: HandOver, act: Any, **facts: str) -> HttpResponse:
    try:
        act(document=found, by=request.member.actor, **facts)
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("procurement:hand_over", found.cycle.number, found.number)


@for_satker
@require_safe
def paper(request: RegionRequest, number: str, document: str, kind: str) -> HttpResponse:
    """Surat jalan, berita acara serah terima, or the invoice to the warung."""
    return paper_of(hand_over_of(cycle_of_number(number), document), kind)


def paper_of(found: HandOver, kind: str) -> HttpResponse:
    """The paper of this kind. What was not handed over has no invoice.

    Raises:  Http404.
    """
    if kind not in PAPERS or (kind != "surat-jalan" and found.state != HandOverState.HANDED_OVER):
        raise Http404("no such paper")
    return PAPERS[kind](found)
