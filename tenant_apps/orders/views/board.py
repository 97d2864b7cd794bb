"""The counter: what is to be done for whom, on the owner's phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Pack
from tenant_apps.orders.errors import BadLine, BadWeight
from tenant_apps.orders.forms import InsteadForm, PackForm
from tenant_apps.orders.models import Order, OrderState
from tenant_apps.orders.selectors import (
    TABS,
    Board,
    board_of,
    history_of,
    new_orders_of,
    order_of_warung,
    stand_ins_of,
)
from tenant_apps.orders.services import filling
from tenant_apps.orders.services.replacing import replace_line
from tenant_apps.orders.views.own import receipt_of
from tenant_apps.warungs.counter import nobodys_counter
from tenant_apps.warungs.selectors import warungs_of
from tenants.kernel.errors import DomainError

PER_PAGE = 20
# What keeps happening at a counter, ready to be tapped; the customer reads it.
REJECT_REASONS = (
    gettext_lazy("The goods have run out."),
    gettext_lazy("We are about to close."),
    gettext_lazy("Nobody can deliver right now."),
    gettext_lazy("The address is too far for us."),
)
CALL_OFF_REASONS = (
    gettext_lazy("The customer did not come."),
    gettext_lazy("We could not reach the customer."),
    gettext_lazy("The goods are damaged."),
)

Step = Callable[[RegionRequest, Order], Order]


def _reason(request: RegionRequest) -> str:
    return (request.POST.get("reason") or request.POST.get("other") or "").replace("\x00", "")


def pack_form_of(order: Order, data: QueryDict | None = None) -> PackForm:
    """What may be written down about each line when it is packed."""
    return PackForm(order.lines.filter(packed=None).select_related("product"), data)


def _pack(request: RegionRequest, order: Order) -> Order:
    form = pack_form_of(order, request.POST)
    if not form.is_valid():
        raise BadWeight(_("Write down whole numbers of zero or more."))
    return filling.pack_order(order=order, packed=form.packed(), agreed=form.agreed(), by=request.member.actor)


def _replace(request: RegionRequest, order: Order) -> Order:
    form = InsteadForm(request.POST)
    pack = Pack.objects.filter(pk=form.cleaned_data["pack"]).first() if form.is_valid() else None
    if pack is None:
        raise BadLine(_("Choose what comes instead, and how many packs of it."))
    told = form.cleaned_data
    replace_line(order=order, line_id=told["line"], pack=pack, quantity=told["quantity"], by=request.member.actor)
    return order


def _hand_over(request: RegionRequest, order: Order) -> Order:
    carrier = request.member.user if "carried" in request.POST else None
    return filling.hand_over(order=order, collector=carrier, by=request.member.actor)


STEPS: dict[str, Step] = {
    "terima": lambda request, order: filling.accept_order(order=order, by=request.member.actor),
    "siap": _pack,
    "ganti": _replace,
    "serahkan": _hand_over,
    "tolak": lambda request, order: filling.reject_order(order=order, reason=_reason(request), by=request.member.actor),
    "batalkan": lambda request, order: filling.call_off(order=order, reason=_reason(request), by=request.member.actor),
}

at_counter = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@at_counter
@never_cache
@require_safe
def board(request: RegionRequest) -> HttpResponseBase:
    """New, being prepared, done. The page asks again by itself, and says when an order came in."""
    wanted = request.GET.get("tab", "")
    now = board_of(request.member, wanted)
    if not now.warungs:
        return nobodys_counter(request)
    if request.headers.get("HX-Request"):
        seen = request.GET.get("seen", "")
        if seen == now.seen:
            return HttpResponse(status=204)
        # The links to other pages need not carry what was seen.
        asked = request.GET.copy()
        asked.pop("seen", None)
        request.GET = asked  # type: ignore[assignment]
        return render(
            request, "orders/_board.html", {**_shown(request, now), "news": now.new_since(seen), "swap": True}
        )
    return render(request, "orders/board.html", _shown(request, now))


def _shown(request: HttpRequest, now: Board) -> dict[str, Any]:
    return {
        "board": now,
        "page": Paginator(now.orders, PER_PAGE).get_page(request.GET.get("page")),
        "reject_reasons": REJECT_REASONS,
        "call_off_reasons": CALL_OFF_REASONS,
    }


@at_counter
@never_cache
@require_safe
def order(request: RegionRequest, number: str) -> HttpResponse:
    """Everything about one order, with its history."""
    found = order_of_warung(request.member, number)
    return _order_page(request, found, pack_form_of(found))


def _order_page(request: RegionRequest, found: Order, pack_form: PackForm, status: int = 200) -> HttpResponse:
    lines = list(found.lines.select_related("packed__replaced_by"))
    replaceable = [line for line in lines if found.state == OrderState.ACCEPTED and line.is_replaceable]
    context = {
        "order": found,
        "lines": lines,
        "pack_form": pack_form,
        "replaceable": replaceable,
        "stand_ins": stand_ins_of(found) if replaceable else [],
        "events": history_of(found),
        "several": len(warungs_of(request.member)) > 1,
        "reject_reasons": REJECT_REASONS,
        "call_off_reasons": CALL_OFF_REASONS,
        "alone": True,
    }
    return render(request, "orders/board_order.html", context, status=status)


def _not_packed(request: RegionRequest, found: Order, refusal: DomainError) -> HttpResponse | None:
    """The page with what the scale said still in it, and the refusal beside its line; None where there is no such form any more."""
    found.refresh_from_db()
    if found.state != OrderState.ACCEPTED:
        return None
    form = pack_form_of(found, request.POST)
    if form.is_valid():
        pack = refusal.context.get("pack_id")
        field = next((f"packed-{line.pk}" for line in form.lines if pack is not None and line.pack_id == pack), None)
        form.add_error(field, str(refusal.message))
    return _order_page(request, found, form, status=refusal.status)


@at_counter
def step(request: RegionRequest, number: str, verb: str) -> HttpResponse:
    """One step of an order; afterwards the page from which it was taken. No link takes a step."""
    if verb not in STEPS:
        raise Http404("no such step")
    found = order_of_warung(request.member, number)
    if request.method != "POST":
        # A refused packing is a page under this address, which a phone may open again.
        return redirect("orders:board_order", found.number) if verb == "siap" else HttpResponseNotAllowed(["POST"])
    try:
        STEPS[verb](request, found)
    except DomainError as refusal:
        if verb == "siap" and "alone" in request.POST and (page := _not_packed(request, found, refusal)):
            return page
        messages.error(request, str(refusal.message))
    if "alone" in request.POST:
        return redirect("orders:board_order", found.number)
    tab = request.POST.get("tab", "")
    known = {name for name, _label, _states in TABS}
    return redirect(reverse("orders:board") + (f"?tab={tab}" if tab in known else ""))


@at_counter
@require_safe
def receipt(request: RegionRequest, number: str) -> HttpResponse:
    """To be printed and put into the bag."""
    found = order_of_warung(request.member, number)
    return render(request, "orders/receipt.html", receipt_of(found))


def waiting(request: HttpRequest) -> int:
    """The number beside "Orders" in the owner's navigation: orders that nobody has answered."""
    member = getattr(request, "member", None)
    return new_orders_of(member).count() if member is not None else 0
