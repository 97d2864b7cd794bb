"""The Satker's ceilings (HET) and margins."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Category, Product
from tenant_apps.catalog.selectors import categories, search_products, traded_products
from tenant_apps.pricing.arithmetic import in_base_units
from tenant_apps.pricing.forms import CeilingForm, MarginForm
from tenant_apps.pricing.models import MarginRule, PriceCeiling
from tenant_apps.pricing.services import drop_margin, end_ceiling, set_ceiling, set_margin
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError
from tenants.kernel.units import BaseUnit

A_PAGE = 30
# A list of names for the field, and not the whole catalogue.
MOST_NAMES = 500

officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])

_UNITS = {
    "kg": (BaseUnit.GRAM, 1_000),
    "g": (BaseUnit.GRAM, 1),
    "l": (BaseUnit.MILLILITRE, 1_000),
    "ml": (BaseUnit.MILLILITRE, 1),
    "pcs": (BaseUnit.PIECE, 1),
}


@officers
@read_or_send
def ceilings(request: RegionRequest) -> HttpResponse:
    """Highest retail prices, day by day; one more."""
    form = CeilingForm(request.POST if request.method == "POST" else None, initial={"unit": "kg"})
    if form.is_valid():
        told = form.cleaned_data
        product = _product(told["product"])
        per = _per(product, told["quantity"], told["unit"]) if product else None
        if product is None:
            form.add_error("product", _("The catalogue knows no such product."))
        elif per is None:
            form.add_error("unit", _("%(product)s is not counted in this unit.") % {"product": product.name})
        else:
            try:
                set_ceiling(
                    product=product,
                    per_quantity=per,
                    price=told["price"],
                    valid_from=told["valid_from"],
                    valid_to=told["valid_to"],
                    source=told["source"],
                    by=request.member.actor,
                )
            except DomainError as refused:
                form.add_error(None, refused.message)
            else:
                messages.success(request, _("The ceiling is saved. Prices above it stand on the worklist."))
                return redirect("pricing:ceilings")
    today = clock.today(current_region().time_zone)
    page = Paginator(PriceCeiling.objects.select_related("product"), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, one.counts_on(today), one.valid_from > today) for one in page]
    return render(request, "pricing/ceilings.html", {"page": page, "rows": rows, "form": form, "names": _names()})


@officers
@require_POST
def end(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """The ceiling counts for the last time today; one that has not begun never does."""
    found = PriceCeiling.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404("no such ceiling")
    today = clock.today(current_region().time_zone)
    try:
        end_ceiling(ceiling=found, last_day=max(today, found.valid_from))
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The ceiling ends."))
    return redirect("pricing:ceilings")


@officers
@read_or_send
def margins(request: RegionRequest) -> HttpResponse:
    """How prices are suggested: for the region, categories and products."""
    if request.POST.get("do") == "drop":
        rule = MarginRule.objects.filter(pk=_number(request.POST.get("rule", ""))).first()
        if rule is not None:
            drop_margin(rule=rule)
            messages.info(request, _("The rule is dropped. The wider one counts again."))
        return redirect("pricing:margins")
    form = MarginForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        told, target = form.cleaned_data, form.cleaned_data["target"].strip()
        category = _category(target) if target else None
        product = _product(target) if target and category is None else None
        if target and category is None and product is None:
            form.add_error("target", _("The catalogue knows no such category or product."))
        else:
            set_margin(
                percent=told["percent"],
                least=told["least"],
                step=told["step"],
                rounds_up=told["rounds_up"],
                product=product,
                category=category,
                by=request.member.actor,
            )
            messages.success(request, _("The margin is saved. Warungs see the new suggestions."))
            return redirect("pricing:margins")
    rows = MarginRule.objects.select_related("product", "category").order_by("category__name", "product__name", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    targets = [shelf.name for shelf in categories()] + _names()
    return render(request, "pricing/margins.html", {"page": page, "form": form, "targets": targets})


def _names() -> list[str]:
    return list(traded_products().values_list("name", flat=True)[:MOST_NAMES])


def _product(text: str) -> Product | None:
    """By article number or name; otherwise the only one that fits."""
    text = text.strip()
    found = traded_products().filter(sku__iexact=text).first() or traded_products().filter(name__iexact=text).first()
    if found is None:
        fitting = search_products(text, 2)
        found = fitting[0] if len(fitting) == 1 else None
    return found


def _category(text: str) -> Category | None:
    return Category.objects.filter(name__iexact=text).first()


def _per(product: Product, amount: Decimal, word: str) -> int | None:
    unit, size = _UNITS[word]
    whole = amount * size
    if whole != whole.to_integral_value() or whole < 1:
        return None
    return in_base_units(int(whole), unit, base_unit=product.base_unit, density_g_per_l=product.density_g_per_l)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
