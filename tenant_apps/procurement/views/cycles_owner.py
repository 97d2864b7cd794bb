"""The warung's pages for cycles: what is open, and one order that holds everything."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.cycle_boards import A_PAGE, order_board
from tenant_apps.procurement.cycle_forms import WrittenOrder, written_order
from tenant_apps.procurement.cycle_selectors import bought_for, cycle_for_warung, open_cycles, orders_of
from tenant_apps.procurement.errors import PricesMoved
from tenant_apps.procurement.forms import AskForm
from tenant_apps.procurement.models import Cycle, CycleOrder, CycleState
from tenant_apps.procurement.services import save_cycle_order
from tenant_apps.procurement.views.owner import at_the_warung
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenant_apps.warungs.models import Warung
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 20


@at_the_warung
@require_safe
@at_counter
def cycles_page(request: CounterRequest) -> HttpResponse:
    """What is open for orders now, and what the warung ordered in cycles before."""
    warung = request.counter.warung
    orders = {order.cycle_id: order for order in orders_of(warung).filter(cycle__state=CycleState.OPEN)}
    page = Paginator(orders_of(warung), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "open": [(cycle, orders.get(cycle.pk)) for cycle in open_cycles()],
        "page": page,
        "credit": credit_of(warung),
    }
    return render(request, "procurement/cycles/toko/cycles.html", context)


@at_the_warung
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def order_page(request: CounterRequest, number: str) -> HttpResponse:
    """The warung's order in a cycle: written while it is open, read afterwards."""
    warung = request.counter.warung
    cycle = cycle_for_warung(warung, number)
    order = CycleOrder.objects.filter(cycle=cycle, warung=warung).first()
    if cycle.state != CycleState.OPEN or cycle.closes_at <= clock.now():
        if request.method == "POST":
            messages.error(
                request,
                _("This cycle takes no orders any more. Order in the next one, or ask the Satker to extend it."),
            )
        return _closed_page(request, cycle, order)
    context = {"credit": credit_of(warung)}
    page = OrderPage(cycle, warung, order, "procurement/cycles/toko/order.html", "procurement:cycle_order", context)
    return page.answer(request, request.member.actor)


class OrderPage:
    """The page on which an order in a cycle is written, for a warung or for the Satker's own store."""

    def __init__(
        self,
        cycle: Cycle,
        warung: Warung | None,
        order: CycleOrder | None,
        template: str,
        url_name: str,
        context: dict[str, Any] | None = None,
    ) -> None:
        self.cycle, self.warung, self.order = cycle, warung, order
        self.template, self.url_name, self.context = template, url_name, context or {}

    def answer(self, request: Any, by: str) -> HttpResponse:
        """One form holds everything, so that it works without a script: searching keeps what is written."""
        if request.method != "POST":
            return self._page(request, AskForm(initial={"key": uuid.uuid4(), "note": self._note()}), None)
        form, told = AskForm(request.POST), written_order(request.POST)
        act = request.POST.get("do", "")
        if act == "count":
            wishes = told.wishes()
            total = sum(wish.firm * wish.price_seen for wish in wishes)
            return render(request, "procurement/cycles/_total.html", {"total": total, "kinds": len(wishes)})
        if act != "send" or not form.is_valid() or told.unreadable or told.lonely:
            form.is_valid()
            return self._page(request, form, told, status=400 if act == "send" else 200, more=act == "more")
        try:
            order = save_cycle_order(
                cycle=self.cycle,
                warung=self.warung,
                key=form.cleaned_data["key"],
                wishes=told.wishes(),
                note=form.cleaned_data["note"],
                by=by,
            )
        except DomainError as refused:
            return self._page(request, form, told, refusal=refused, status=refused.status)
        if order is None:
            messages.success(request, _("You order nothing in this cycle now."))
        else:
            messages.success(request, _("Your order is written down. You may change it until the cycle closes."))
        return redirect(self.url_name, self.cycle.number)

    def _note(self) -> str:
        return self.order.note if self.order else ""

    def _page(
        self,
        request: Any,
        form: AskForm,
        told: WrittenOrder | None,
        *,
        refusal: DomainError | None = None,
        more: bool = False,
        status: int = 200,
    ) -> HttpResponse:
        data = form.cleaned_data if form.is_bound else {}
        shown = (data.get("shown") or A_PAGE) + (A_PAGE if more else 0)
        board = order_board(
            self.cycle,
            self.warung,
            self.order,
            texts=told.texts if told else None,
            seen=told.seen if told else None,
            unreadable=frozenset(told.unreadable) if told else frozenset(),
            lonely=frozenset(told.lonely) if told else frozenset(),
            text=data.get("q") or "",
            shown=shown,
        )
        context = {
            **self.context,
            "cycle": self.cycle,
            "order": self.order,
            "form": form,
            "board": board,
            "refusal": refusal,
            "moved": refusal.moved if isinstance(refusal, PricesMoved) else [],
            "q": data.get("q") or "",
            "shown": shown,
            "key": data.get("key") or form.initial.get("key") or uuid.uuid4(),
        }
        return render(request, self.template, context, status=status)


def _closed_page(request: CounterRequest, cycle: Cycle, order: CycleOrder | None) -> HttpResponse:
    """What the warung ordered, and what of it is bought."""
    bought = bought_for(order) if order else {}
    lines = order.lines.select_related("good").order_by("good__product_name", "pk") if order else []
    planned = cycle.state not in (CycleState.OPEN, CycleState.CANCELLED)
    context = {
        "cycle": cycle,
        "order": order,
        "lines": [(line, bought.get(line.pk, 0)) for line in lines],
        "planned": planned,
        "reason": cycle.history.filter(move="cancel").values_list("reason", flat=True).first(),
    }
    return render(request, "procurement/cycles/toko/closed.html", context)
