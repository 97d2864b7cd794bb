"""What a warung gets of a cycle: what comes, the code with which it is taken, what it signed for and owes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.goods_selectors import hand_overs_of, order_of_warung, payments_of
from tenant_apps.procurement.views.owner import at_the_warung
from tenant_apps.warungs.counter import CounterRequest, at_counter


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
