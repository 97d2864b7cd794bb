"""The warung's own prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import BoundField
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.catalog.selectors import first_pack, product_for, search_products
from tenant_apps.pricing.boards import PackLine, ProductLine, price_board
from tenant_apps.pricing.forms import PricesForm, as_posted, posted_numbers
from tenant_apps.pricing.selectors import own_prices, price_history, price_rule
from tenant_apps.pricing.services import market_price_for, publish_price, withdraw_price
from tenant_apps.pricing.worklist import forget_count
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 15
MOST_FOUND = 60

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@dataclass(frozen=True)
class Row:
    """A pack as the page shows it: what is known, the field, and what the field showed before."""

    line: PackLine
    field: BoundField
    shown: str
    open: bool


@at_the_warung
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def board(request: CounterRequest) -> HttpResponse:
    """What the warung asks for each pack, beside what the market asks; one button saves what was changed."""
    lines = price_board(request.counter.warung)
    if request.method == "POST":
        return _save(request, lines)
    tab, wanted = _tab(request, lines), asked_text(request)
    shown = _found(lines, wanted) if wanted else _of_tab(lines, tab)
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    form = _form(list(page))
    return _page(request, form, list(page), {"page": page, "tab": tab, "wanted": wanted, "counts": _counts(lines)})


def _save(request: CounterRequest, lines: Sequence[ProductLine]) -> HttpResponse:
    places = posted_numbers(request.POST, "price-")
    mine = as_posted(lines, places, lambda line: [one.pack.pk for one in line.packs])
    form = _form(mine, request.POST)
    form.is_valid()
    published = withdrawn = 0
    for pack, price in form.changes():
        try:
            if price is None:
                withdrawn += withdraw_price(warung=request.counter.warung, pack=pack)
            else:
                publish_price(warung=request.counter.warung, pack=pack, price=price, by=request.member.actor)
                published += 1
        except DomainError as refused:
            form.add_error(form.name_of(pack), refused.message)
    _tell(request, published, withdrawn)
    forget_count(request.counter.warung)
    if not form.errors:
        return redirect(request.get_full_path())
    context = {"tab": _tab(request, lines), "wanted": asked_text(request), "counts": _counts(lines)}
    return _page(request, form, mine, context)


def _tell(request: CounterRequest, published: int, withdrawn: int) -> None:
    if published:
        messages.success(
            request,
            ngettext("%(count)s price is published.", "%(count)s prices are published.", published)
            % {"count": published},
        )
    if withdrawn:
        messages.info(
            request,
            ngettext("%(count)s price is withdrawn.", "%(count)s prices are withdrawn.", withdrawn)
            % {"count": withdrawn},
        )


def _page(
    request: CounterRequest, form: PricesForm, lines: Sequence[ProductLine], context: Mapping[str, object]
) -> HttpResponse:
    rows = [
        (
            line,
            [
                Row(
                    one,
                    form.field_of(one.pack),
                    form.shown_of(one.pack),
                    # Without a market price nothing can be published; what is published can still be withdrawn.
                    line.evidence is not None or one.price is not None,
                )
                for one in line.packs
            ],
        )
        for line in lines
    ]
    shown = {"form": form, "rows": rows, "rule": price_rule(), **context}
    return render(request, "pricing/board.html", shown)


def _form(lines: Sequence[ProductLine], data: object = None) -> PricesForm:
    packs = [one for line in lines for one in line.packs]
    return PricesForm([(one.pack, one.price.price if one.price else None) for one in packs], data)


def _tab(request: CounterRequest, lines: Sequence[ProductLine]) -> str:
    wanted = request.GET.get("tab", "")
    if wanted in ("sold", "new", "check", "all"):
        return wanted
    return "sold" if any(line.is_sold for line in lines) else "new"


def _of_tab(lines: Sequence[ProductLine], tab: str) -> list[ProductLine]:
    if tab == "sold":
        return [line for line in lines if line.is_sold]
    if tab == "new":
        return [line for line in lines if not line.is_sold and line.evidence is not None]
    if tab == "check":
        return [line for line in lines if not line.holds]
    return list(lines)


def _counts(lines: Sequence[ProductLine]) -> dict[str, int]:
    return {tab: len(_of_tab(lines, tab)) for tab in ("sold", "new", "check", "all")}


def _found(lines: Sequence[ProductLine], wanted: str) -> list[ProductLine]:
    by_product = {line.product.pk: line for line in lines}
    return [by_product[one.pk] for one in search_products(wanted, MOST_FOUND) if one.pk in by_product]


@at_the_warung
@require_safe
@at_counter
def product(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """How the market's price of a product went, and what this warung asked."""
    found = product_for(public_id)
    pack = first_pack(found)
    seen = list(price_history(found.pk).filter(is_estimate=False, withdrawn_at=None)[:30])
    context = {
        "product": found,
        "pack": pack,
        "seen": seen,
        "went": [market_price_for(one, pack) for one in reversed(seen)] if pack else [],
        "own": list(own_prices(request.counter.warung, found.pk)[:30]),
    }
    return render(request, "pricing/own_product.html", context)
