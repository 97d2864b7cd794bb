"""What a stand buys on order, and on which terms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Product
from tenant_apps.fresh_buying.forms import GoodForm, TermsForm, base_units, limit_written
from tenant_apps.fresh_buying.selectors.goods import goods_on_order, stands_of_satker, terms_of
from tenant_apps.fresh_buying.services import put_on_order, set_buying_terms
from tenant_apps.pricing.selectors import known_markets, offers_of
from tenant_apps.warungs.models import Warung
from tenants.kernel.errors import DomainError


@roles_only(Role.SATKER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: RegionRequest) -> HttpResponse:
    """A stand's terms and goods; what can be put on order is what it has a price for."""
    stands = list(stands_of_satker())
    stand = _chosen(request, stands)
    if stand is None:
        return render(request, "fresh_buying/satker/terms.html", {"stands": stands})
    goods = goods_on_order(stand)
    products = {str(price.pack.product.public_id): price.pack.product for price in offers_of(stand)}
    products |= {str(good.product.public_id): good.product for good in goods}
    choices = sorted(((key, one.name) for key, one in products.items()), key=lambda pair: pair[1])
    before = terms_of(stand)
    initial = (
        {"market": before.market, "margin_percent": before.margin_percent, "is_open": before.is_open}
        if before
        else {"margin_percent": 10, "is_open": True}
    )
    form, good = TermsForm(initial=initial), GoodForm(choices, initial=_initial(request, goods))
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("do") == "good":
                good = GoodForm(choices, request.POST)
                if good.is_valid():
                    _put(stand, products, good.cleaned_data)
                    messages.success(request, _("The product is saved."))
                    return redirect(_address(stand))
            else:
                form = TermsForm(request.POST)
                if form.is_valid():
                    set_buying_terms(stand=stand, **form.cleaned_data)
                    messages.success(request, _("The terms are saved."))
                    return redirect(_address(stand))
            status = 400
        except DomainError as refusal:
            (good if request.POST.get("do") == "good" else form).add_error(None, refusal.message)
            status = refusal.status
    context = {
        "stands": stands,
        "stand": stand,
        "terms": before,
        "goods": [(one, limit_written(one)) for one in goods],
        "form": form,
        "good": good,
        "markets": known_markets(),
        "sections": sorted({one.section for one in goods}),
        "can_add": bool(choices),
    }
    return render(request, "fresh_buying/satker/terms.html", context, status=status)


def _chosen(request: RegionRequest, stands: list[Warung]) -> Warung | None:
    wanted = request.POST.get("stand") or request.GET.get("stand", "")
    if wanted:
        found = next((one for one in stands if str(one.public_id) == wanted), None)
        if found is None:
            raise Http404("no such stand")
        return found
    return next(iter(stands), None)


def _initial(request: RegionRequest, goods: list[Any]) -> dict[str, Any]:
    wanted = request.GET.get("barang", "")
    for one in goods:
        if str(one.product.public_id) == wanted:
            return {
                "product": wanted,
                "section": one.section,
                "daily_limit": limit_written(one),
                "is_active": one.is_active,
            }
    return {}


def _put(stand: Warung, products: dict[str, Product], told: dict[str, Any]) -> None:
    product = products[told["product"]]
    put_on_order(
        stand=stand,
        product=product,
        section=told["section"],
        daily_limit=base_units(told["daily_limit"], product.base_unit),
        is_active=told["is_active"],
    )


def _address(stand: Warung) -> str:
    return f"{reverse('fresh_buying:terms')}?stand={stand.public_id}"
