"""What suppliers offer here, and taking it into the region's own catalogue."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.supplier_catalog.models import Offer
from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import product_for
from tenant_apps.suppliers.boards import candidates, find_offers, offer_rows, offers_by, suppliers_here, trail_of
from tenant_apps.suppliers.forms import ContentForm, NewProductForm, uuid_or_none
from tenant_apps.suppliers.selectors import count_waiting, offer_for, supplier_for
from tenant_apps.suppliers.services import adopt, adopt_as_new
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

PER_PAGE = 25

for_satker = roles_only(Role.SATKER)


@for_satker
@require_safe
def offers_page(request: RegionRequest) -> HttpResponse:
    """Everything that is offered here, cheap beside dear."""
    text, chosen = asked_text(request), uuid_or_none(asked_text(request, "pemasok"))
    page = Paginator(find_offers(text, chosen), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": offer_rows(offers_by(list(page.object_list))),
        "wanted": text,
        "suppliers": list(suppliers_here()),
        "chosen": chosen,
        "waiting": count_waiting(),
    }
    return render(request, "suppliers/offers.html", context)


@for_satker
@never_cache
@require_safe
def offer_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """One offer, and which of our products it may be."""
    return _offer_page(request, offer_for(public_id))


@for_satker
@require_POST
def adopt_offer(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """It is bought as this product."""
    offer = offer_for(public_id)
    wanted = uuid_or_none(request.POST.get("product", ""))
    if wanted is None:
        raise Http404("no such product")
    product = product_for(wanted)
    form = ContentForm(request.POST, product=product)
    if not form.is_valid():
        return _offer_page(request, offer, form, product, status=400)
    try:
        adoption = adopt(
            offer=offer, product=product, base_quantity=form.cleaned_data["amount"], by=request.member.actor
        )
    except DomainError as refused:
        form.add_error(refused.context.get("field") and "amount", refused.message)
        return _offer_page(request, offer, form, product, status=refused.status)
    messages.success(request, _("%(article)s is bought as %(product)s now.") % _names(offer, product))
    return redirect("suppliers:adoption", adoption.public_id)


@for_satker
@require_http_methods(["GET", "HEAD", "POST"])
def new_product(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """It becomes a product of the region's own."""
    offer = offer_for(public_id)
    form = NewProductForm(request.POST if request.method == "POST" else None, offer=offer)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                adoption = adopt_as_new(
                    offer=offer,
                    name=told["name"],
                    category=told["category"],
                    kind=told["kind"],
                    by=request.member.actor,
                )
            except DomainError as refused:
                form.add_error(None, refused.message)
                status = refused.status
            else:
                done = _("%(article)s is bought as %(product)s now.") % _names(offer, adoption.product)
                messages.success(request, done)
                return redirect("suppliers:adoption", adoption.public_id)
    return render(request, "suppliers/new_product.html", {"row": offer_rows([offer])[0], "form": form}, status=status)


@for_satker
@require_safe
def supplier_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Who a supplier is, and what it sells here."""
    supplier = supplier_for(public_id)
    text = asked_text(request)
    page = Paginator(find_offers(text, supplier.public_id), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "supplier": supplier,
        "areas": [one.area for one in supplier.areas.select_related("area")],
        "page": page,
        "rows": offer_rows(offers_by(list(page.object_list))),
        "wanted": text,
    }
    return render(request, "suppliers/supplier.html", context)


def _names(offer: Offer, product: Product) -> dict[str, str]:
    return {"article": offer.version.name, "product": product.name}


def _offer_page(
    request: RegionRequest,
    offer: Offer,
    form: ContentForm | None = None,
    chosen: Product | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    text = asked_text(request)
    shown = [
        (one, form if form and chosen == one.product else ContentForm(product=one.product, asked=one.asks_content))
        for one in candidates(offer, text, chosen)
    ]
    context = {
        "row": offer_rows([offer])[0],
        "candidates": shown,
        "wanted": text,
        "trail": trail_of(offer.article.public_id),
        "refused": form.non_field_errors() if form else [],
    }
    return render(request, "suppliers/offer.html", context, status=status)
