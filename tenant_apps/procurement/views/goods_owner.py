"""What a warung gets of a cycle: what comes, the code with which it is taken, what it signed for and owes."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.procurement import papers
from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.goods_selectors import (
    hand_overs_of,
    order_of_warung,
    own_hand_over,
    payment_of,
    payments_of,
)
from tenant_apps.procurement.views.handovers import paper_of
from tenant_apps.procurement.views.owner import at_the_warung
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenant_apps.warungs.selectors import warungs_of


@at_the_warung
@never_cache
@require_safe
@at_counter
def goods(request: CounterRequest, number: str) -> HttpResponse:
    """The warung's goods of a cycle."""
    warung = request.counter.warung
    order = order_of_warung(warung, number)
    context = {
        "cycle": order.cycle,
        "order": order,
        "ordered": order.lines.select_related("good"),
        "hand_overs": hand_overs_of(order.cycle, warung).prefetch_related("lines"),
        "payments": payments_of(warung)[:12],
        "owed": credit_of(warung).owed,
    }
    return render(request, "procurement/goods/toko/goods.html", context)


@at_the_warung
@require_safe
def paper(request: RegionRequest, number: str, document: str, kind: str) -> HttpResponse:
    """The warung's own papers of a hand-over."""
    found = own_hand_over(warungs_of(request.member), document)
    if found.cycle.number != number:
        raise Http404("of another cycle")
    return paper_of(found, kind)


@at_the_warung
@require_safe
def receipt(request: RegionRequest, payment: str) -> HttpResponse:
    """Kwitansi for what the warung paid."""
    return papers.receipt_of_money(payment_of(payment, warungs_of(request.member)), the_satker())
