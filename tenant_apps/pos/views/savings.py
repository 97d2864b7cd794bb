"""A basket that a member of the waste bank pays with savings: they type their PIN, with or without an account."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tenant_apps.payments.sources import agree_at_counter, source_at_counter
from tenant_apps.pos.forms import SavingsForm, line_of
from tenant_apps.pos.selectors import goods_of
from tenant_apps.pos.services import SaleLine, Tenders, record_sale
from tenant_apps.pos.views.till import BasketLine, at_the_warung, key_of
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.kernel import clock
from tenants.kernel.errors import DomainError


@at_the_warung
@never_cache
@sensitive_post_parameters("pin")
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def pay(request: CounterRequest) -> HttpResponse:
    """The till sends its basket here; with the card and the PIN all of it is paid from the member's savings."""
    if source_at_counter() is None:
        raise Http404("savings pay nothing here")
    if request.method != "POST":
        return redirect("pos:till")
    warung = request.counter.warung
    sold = [found for text in request.POST.getlist("line")[:200] if (found := line_of(text))]
    lines = _shown(request, sold)
    # Of all that was shown: a good that is not sold any more is refused below, never left out unseen.
    total = sum(line.quantity * line.price for line in sold)
    key = key_of(request.POST.get("key", ""))
    form = SavingsForm(request.POST if request.POST.get("do") == "pay" else None)
    status = 200
    if form.is_valid():
        told = form.cleaned_data
        try:
            agreed = agree_at_counter(told["member"].strip(), told["pin"])
            sale = record_sale(
                warung=warung,
                key=key,
                lines=sold,
                tenders=Tenders(savings=total),
                at=clock.now(),
                by=request.member.actor,
                agreed=agreed,
            )
        except DomainError as refused:
            form.add_error("pin", refused.message)
            status = refused.status
        else:
            return redirect("pos:receipt", sale.number)
    elif form.is_bound:
        status = 400
    context = {"form": form, "lines": lines, "total": total, "key": key}
    return render(request, "pos/savings.html", context, status=status)


def _shown(request: CounterRequest, sold: list[SaleLine]) -> list[BasketLine]:
    """The basket at the prices that its customer saw."""
    goods = {good.pack_id: good for good in goods_of(request.counter.warung)}
    return [
        BasketLine(replace(goods[line.pack_id], price=line.price), line.quantity)
        for line in sold
        if line.pack_id in goods and line.quantity > 0
    ]
