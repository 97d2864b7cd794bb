"""Counting a warung's whole shelf, phone in hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import Q, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.catalog.models import Product
from tenant_apps.catalog.selectors import categories, search_products, traded_products
from tenant_apps.stock.forms import CountLineForm
from tenant_apps.stock.models import CountState, StockCount, StockLocation
from tenant_apps.stock.reasons import COUNT_REASONS
from tenant_apps.stock.selectors import count_for, counts_at, lines_of
from tenant_apps.stock.services import (
    apply_count,
    begin_count,
    drop_count,
    forget_count_of,
    location_of_warung,
    write_counts,
)
from tenant_apps.stock.views.shelf import at_the_warung, packs_of
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 30
MOST_FOUND = 60
_AMOUNT = "-amount"


@at_the_warung
@require_safe
@at_counter
def count_page(request: CounterRequest) -> HttpResponse:
    """The count that is open, product by product; or the counts that were, and a way to begin one."""
    location = location_of_warung(request.counter.warung)
    count = counts_at(location).filter(state=CountState.OPEN).first()
    if count is None:
        page = Paginator(counts_at(location), A_PAGE).get_page(request.GET.get("page"))
        return render(request, "stock/counts.html", {"page": page})
    return _counting(request, count, asked_text(request), asked_text(request, "rak"))


@at_the_warung
@require_POST
@at_counter
def begin(request: CounterRequest) -> HttpResponse:
    """Begin to count, or go on with what is open."""
    begin_count(location=location_of_warung(request.counter.warung), by=request.member.actor)
    return redirect("stock:count")


@at_the_warung
@require_POST
@at_counter
def write(request: CounterRequest, number: str) -> HttpResponse:
    """Write down what one page of products came to."""
    count = count_for(location_of_warung(request.counter.warung), number)
    forms = _sent(request, count)
    # Every form is asked, so that every error shows at once.
    valid = [form.is_valid() for form in forms]
    if not all(valid):
        return _counting(request, count, "", "", forms=forms)
    counted = {form.product: told for form in forms if (told := form.told) is not None}
    try:
        write_counts(count=count, counted=counted, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        if counted:
            messages.success(request, _("Saved. The stock changes when you apply the count."))
    here = request.POST.get("next", "")
    back = redirect("stock:count")
    # Only the question that this page asked comes back.
    if here.startswith("?") and here.isprintable() and len(here) < 200:
        back["Location"] += here
    return back


@at_the_warung
@require_POST
@at_counter
def forget(request: CounterRequest, number: str) -> HttpResponse:
    """A product as if nobody had counted it."""
    count = count_for(location_of_warung(request.counter.warung), number)
    product = Product.objects.filter(public_id=_uuid(request.POST.get("product", ""))).first()
    if product is None:
        raise Http404("no such product")
    try:
        forget_count_of(count=count, product=product)
    except DomainError as refused:
        messages.error(request, refused.message)
    return redirect("stock:difference", number)


@at_the_warung
@require_safe
@at_counter
def difference(request: CounterRequest, number: str) -> HttpResponse:
    """What the count changes, or changed; made to be printed."""
    count = count_for(location_of_warung(request.counter.warung), number)
    lines = list(lines_of(count))
    context = {
        "count": count,
        "is_open": count.state == CountState.OPEN,
        "differing": [line for line in lines if line.difference],
        "equal": sum(1 for line in lines if not line.difference),
        "reasons": COUNT_REASONS,
    }
    return render(request, "stock/difference.html", context)


@at_the_warung
@require_POST
@at_counter
def apply(request: CounterRequest, number: str) -> HttpResponse:
    """The count becomes the stock."""
    count = count_for(location_of_warung(request.counter.warung), number)
    reasons = {
        line.product_id: reason
        for line in lines_of(count)
        if (reason := request.POST.get(f"reason-{line.product.public_id}", ""))
    }
    try:
        apply_count(count=count, reasons=reasons, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The stock is what you counted."))
    return redirect("stock:difference", number)


@at_the_warung
@require_POST
@at_counter
def drop(request: CounterRequest, number: str) -> HttpResponse:
    """Nothing of the count becomes true."""
    count = count_for(location_of_warung(request.counter.warung), number)
    try:
        drop_count(count=count, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
        return redirect("stock:difference", number)
    messages.success(request, _("The count is dropped; the stock stays as it was."))
    return redirect("stock:count")


def _counting(
    request: CounterRequest,
    count: StockCount,
    wanted: str,
    shelf: str,
    forms: list[CountLineForm] | None = None,
) -> HttpResponse:
    page: Page[Any] | None = None
    if forms is None:
        page = Paginator(_products(count.location, wanted, shelf), A_PAGE).get_page(request.GET.get("page"))
        forms = _forms(count, list(page.object_list))
    context = {
        "count": count,
        "forms": forms,
        "page": page,
        "wanted": wanted,
        "shelf": shelf,
        "shelves": categories(),
        "done": count.lines.count(),
        "asked": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    return render(request, "stock/counting.html", context)


def _products(location: StockLocation, wanted: str, shelf: str) -> Any:
    """What may lie there: what the warung has or had, by category; everything that is traded when somebody looks for it."""
    if wanted:
        return search_products(wanted, MOST_FOUND)
    rows = traded_products() if shelf else Product.objects.select_related("category")
    if shelf:
        return rows.filter(category__slug=shelf)
    here = Q(stock_levels__location=location) & (Q(stock_levels__on_hand__gt=0) | Q(is_active=True))
    return rows.filter(here).order_by("category__order", "category__name", "name", "pk")


def _forms(count: StockCount, products: list[Product], data: Any = None) -> list[CountLineForm]:
    counted = dict(count.lines.filter(product__in=products).values_list("product_id", "counted"))
    prefetch_related_objects(products, "packs")
    return [CountLineForm(product, packs_of(product), counted.get(product.pk), data) for product in products]


def _sent(request: CounterRequest, count: StockCount) -> list[CountLineForm]:
    names = [name.removesuffix(_AMOUNT) for name in request.POST if name.endswith(_AMOUNT)][:MOST_FOUND]
    ids = [found for name in names if (found := _maybe_uuid(name)) is not None]
    products = list(Product.objects.select_related("category").filter(public_id__in=ids).order_by("name", "pk"))
    return _forms(count, products, request.POST)


def _maybe_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _uuid(text: str) -> UUID:
    found = _maybe_uuid(text)
    if found is None:
        raise Http404("no such product")
    return found
