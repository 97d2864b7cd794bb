"""The catalogue, for the region's admins."""

from __future__ import annotations

import csv
import io
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.forms import CategoryForm, ProductForm, drafts_of, pack_lines
from tenant_apps.catalog.models import Category, Kind, Pack, Product
from tenant_apps.catalog.photos import remove_photo, set_photo
from tenant_apps.catalog.selectors import categories, product_for, search_products, variants_beside
from tenant_apps.catalog.services import save_category, save_product, set_traded
from tenants.fairness import unhurried
from tenants.forms import asked_text
from tenants.kernel.cells import harmless
from tenants.kernel.errors import DomainError
from tenants.kernel.units import BaseUnit
from tenants.pictures import FORMATS, BadPhoto
from tenants.support import open_to_support

A_PAGE = 30
MOST_FOUND = 100

admins = roles_only(Role.ADMIN)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@admins
@require_safe
def products(request: RegionRequest) -> HttpResponse:
    """Every product, searched and narrowed."""
    wanted, shelf, tab = asked_text(request), asked_text(request, "rak"), request.GET.get("tab", "")
    rows = _narrowed(shelf, tab)
    found: list[Product] | QuerySet[Product] = search_products(wanted, MOST_FOUND, among=rows) if wanted else rows
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "shelf": shelf,
        "tab": "off" if tab == "off" else "on",
        "shelves": categories(),
        "off": Product.objects.filter(is_active=False).count(),
    }
    return render(request, "catalog/products.html", context)


def _narrowed(shelf: str, tab: str) -> QuerySet[Product]:
    rows = Product.objects.select_related("category").filter(is_active=tab != "off")
    # Selling packs first.
    rows = rows.prefetch_related(Prefetch("packs", queryset=Pack.objects.order_by("-use", "order", "pk")))
    if shelf:
        rows = rows.filter(category__slug=shelf)
    return rows.order_by("name", "pk")


@admins
@read_or_send
def new(request: RegionRequest) -> HttpResponse:
    """Enter an article."""
    return _form(request, None)


@admins
@open_to_support
@read_or_send
def edit(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Change an article and its packs."""
    return _form(request, product_for(public_id))


def _form(request: RegionRequest, product: Product | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form, lines = ProductForm(data, product=product), pack_lines(product, data)
    if data is not None and form.is_valid() & lines.is_valid():
        told = form.cleaned_data
        try:
            saved = save_product(
                product=product,
                sku=told["sku"],
                name=told["name"],
                category=told["category"],
                kind=Kind(told["kind"]),
                base_unit=BaseUnit(told["base_unit"]),
                synonyms=told["synonyms"],
                market_price_hint=told["market_price_hint"],
                packs=drafts_of(lines),
                facts=form.facts(),
            )
        except DomainError as refused:
            field = "sku" if refused.code == "number_taken" else refused.context.get("field")
            form.add_error(field, refused.message)
        else:
            messages.success(request, _("%(product)s is saved.") % {"product": saved.name})
            return redirect("catalog:edit", saved.public_id)
    # What stands in the heading is what is kept, not what was refused.
    kept = product_for(product.public_id) if product else None
    context = {
        "form": form,
        "lines": lines,
        "product": kept,
        "beside": variants_beside(kept) if kept else [],
        "formats": ",".join(f"image/{name.lower()}" for name in FORMATS),
    }
    return render(request, "catalog/product.html", context)


@admins
@require_POST
def trade(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Stop trading an article, or begin again."""
    product = product_for(public_id)
    set_traded(product=product, traded=request.POST.get("traded") == "1")
    messages.success(
        request,
        _("%(product)s is traded again.") % {"product": product.name}
        if product.is_active
        else _("%(product)s is no longer traded. Its history stays.") % {"product": product.name},
    )
    return redirect("catalog:edit", public_id)


@admins
@read_or_send
def shelves(request: RegionRequest) -> HttpResponse:
    """The categories; enter one more."""
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        save_category(**form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("catalog:shelves")
    return render(request, "catalog/shelves.html", {"form": form, "shelves": categories()})


@admins
@read_or_send
def shelf(request: RegionRequest, slug: str) -> HttpResponse:
    """Rename a category, or give it another place."""
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        raise Http404("no such category")
    initial = {"name": found.name, "order": found.order}
    form = CategoryForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        save_category(category=found, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("catalog:shelves")
    return render(request, "catalog/shelf.html", {"form": form, "shelf": found})


@admins
@require_POST
def change_photo(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Give an article a picture, or take it away."""
    product, sent = product_for(public_id), request.FILES.get("photo")
    if request.POST.get("remove") == "1":
        remove_photo(product=product)
        messages.success(request, _("The picture is gone."))
    elif sent is None:
        messages.error(request, _("Choose a picture first."))
    else:
        try:
            set_photo(product=product, upload=sent)
        except BadPhoto as refused:
            messages.error(request, refused.message)
        else:
            messages.success(request, _("Citizens see the picture now."))
    return redirect("catalog:edit", public_id)


# Columns of the table, and where each stands. Of goods without a pack the pack's are empty.
_EXPORTED = {
    "sku": "sku",
    "name": "name",
    "category": "category__name",
    "kind": "kind",
    "base_unit": "base_unit",
    "price_hint": "market_price_hint",
    "traded": "is_active",
    "synonyms": "synonyms",
    "pack": "packs__label",
    "holds": "packs__base_quantity",
    "use": "packs__use",
    "barcode": "packs__barcode",
    "by_weight": "by_weight",
    "density_g_per_l": "density_g_per_l",
    "family": "family__name",
    "variant": "variant",
}


@admins
@require_safe
def export(request: RegionRequest) -> HttpResponse:
    """The catalogue as a table: a line a pack, for spreadsheets."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_EXPORTED)
    # As values, not as objects: a large catalogue must not keep the process for seconds.
    rows = Product.objects.order_by("sku", "packs__use", "packs__order", "packs__id").values_list(*_EXPORTED.values())
    for row in unhurried(rows.iterator(chunk_size=500)):
        writer.writerow([int(cell) if isinstance(cell, bool) else harmless(cell or "") for cell in row])
    # The mark tells spreadsheets that this is UTF-8.
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="katalog.csv"'
    return response
