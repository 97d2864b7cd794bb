"""The Satker's side of prices: what markets ask, what warungs pay, where the guarantee no longer holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Category
from tenant_apps.catalog.selectors import categories, first_pack, product_for, search_products
from tenant_apps.pricing.boards import (
    MarketLine,
    WholesaleProduct,
    broken_guarantees,
    freshness,
    market_board,
    wholesale_board,
)
from tenant_apps.pricing.forms import ObservationForm, PricesForm, RoundForm, WhereForm, as_posted, posted_numbers
from tenant_apps.pricing.pictures import redrawn
from tenant_apps.pricing.selectors import known_markets, price_history, price_rule
from tenant_apps.pricing.services import (
    market_price_for,
    observe_market,
    set_wholesale_price,
    withdraw_wholesale_price,
)
from tenant_apps.satker.selectors import the_satker
from tenants.context import current_region
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

A_PAGE = 20
MOST_FOUND = 60
# Where and when the officer last looked, so that the next page begins there.
SESSION_KEY = "market_round"

officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


def _today() -> date:
    return clock.today(current_region().time_zone)


@officers
@require_safe
def market(request: RegionRequest) -> HttpResponse:
    """Every product with the newest price that somebody saw."""
    lines, wanted = market_board(), asked_text(request)
    tab = "due" if request.GET.get("tab") == "due" else "all"
    due = [line for line in lines if not line.is_fresh]
    shown = _found(lines, wanted) if wanted else due if tab == "due" else lines
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "tab": tab,
        "due": len(due),
        "all": len(lines),
        "rule": price_rule(),
    }
    return render(request, "pricing/market.html", context)


def _found(lines: Sequence[MarketLine], wanted: str) -> list[MarketLine]:
    by_product = {line.product.pk: line for line in lines}
    return [by_product[one.pk] for one in search_products(wanted, MOST_FOUND) if one.pk in by_product]


@officers
@read_or_send
def record(request: RegionRequest) -> HttpResponse:
    """A walk over a market: one place, one day, many prices."""
    lines = market_board()
    if request.method == "POST":
        return _record(request, lines)
    wanted, shelf = asked_text(request), _shelf(request)
    shown = _found(lines, wanted) if wanted else lines
    if shelf is not None:
        shown = [line for line in shown if line.product.category_id == shelf.pk]
    if not wanted:
        # What is most in need of a price comes first.
        shown = sorted(shown, key=lambda line: (line.is_fresh, line.newest is not None, line.product.name))
    page = Paginator(shown, A_PAGE).get_page(request.GET.get("page"))
    where = WhereForm(today=_today(), initial=_last_round(request))
    form = RoundForm([(line.product, line.packs) for line in page])
    context = {"page": page, "wanted": wanted, "shelf": shelf, "shelves": categories()}
    return _record_page(request, where, form, list(page), context)


def _record(request: RegionRequest, lines: Sequence[MarketLine]) -> HttpResponse:
    mine = as_posted(lines, posted_numbers(request.POST, "price-"), lambda line: [line.product.pk])
    where = WhereForm(request.POST, today=_today())
    form = RoundForm([(line.product, line.packs) for line in mine], request.POST)
    saved = 0
    if where.is_valid() & form.is_valid():
        place = where.cleaned_data
        for product, price, per in form.seen():
            try:
                observe_market(
                    product=product,
                    market=place["market"],
                    observed_on=place["observed_on"],
                    per_quantity=per,
                    price=price,
                    observer=str(request.member.user)[:120],
                )
            except DomainError as refused:
                form.add_error(f"price-{product.pk}", refused.message)
            else:
                saved += 1
        request.session[SESSION_KEY] = [place["market"], place["observed_on"].isoformat()]
        _tell_seen(request, saved)
    if not where.errors and not form.errors:
        return redirect(request.get_full_path())
    return _record_page(request, where, form, mine, {"shelves": categories()})


def _tell_seen(request: RegionRequest, saved: int) -> None:
    if saved:
        words = ngettext("%(count)s market price is written down.", "%(count)s market prices are written down.", saved)
        messages.success(request, words % {"count": saved})
    else:
        messages.info(request, _("No price was written, so nothing is saved."))


def _record_page(
    request: RegionRequest,
    where: WhereForm,
    form: RoundForm,
    lines: Sequence[MarketLine],
    context: Mapping[str, object],
) -> HttpResponse:
    rows = [(line, form[f"price-{line.product.pk}"], form[f"per-{line.product.pk}"]) for line in lines]
    shown = {"where": where, "form": form, "rows": rows, "markets": known_markets(), **context}
    return render(request, "pricing/record.html", shown)


def _shelf(request: RegionRequest) -> Category | None:
    wanted = asked_text(request, "rak")
    return next((shelf for shelf in categories() if shelf.slug == wanted), None) if wanted else None


def _last_round(request: RegionRequest) -> dict[str, Any]:
    """Where the officer was last; the day only while it is today, for a forgotten one would date prices wrongly."""
    kept = request.session.get(SESSION_KEY)
    return {"market": kept[0]} if kept else {}


@officers
@read_or_send
def product(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """How the market's price of a product went; write down one more."""
    found = product_for(public_id)
    packs = sorted(found.packs.all(), key=lambda pack: (pack.use != "sell", pack.order, pack.pk))
    form = ObservationForm(
        found,
        packs,
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        today=_today(),
        initial=_last_round(request),
    )
    if form.is_valid():
        told = form.cleaned_data
        try:
            observe_market(
                product=found,
                market=told["market"],
                observed_on=told["observed_on"],
                per_quantity=told["per"],
                price=told["price"],
                observer=str(request.member.user)[:120],
                photo=redrawn(told["photo"]) if told["photo"] else None,
            )
        except DomainError as refused:
            form.add_error("photo" if refused.code == "bad_picture" else "price", refused.message)
        else:
            request.session[SESSION_KEY] = [told["market"], told["observed_on"].isoformat()]
            _tell_seen(request, 1)
            return redirect("pricing:market_product", public_id)
    pack = first_pack(found)
    seen = list(price_history(found.pk).filter(is_estimate=False)[:60])
    counted = [one for one in seen if not one.is_withdrawn]
    context = {
        "product": found,
        "pack": pack,
        "form": form,
        "markets": known_markets(),
        "seen": seen,
        "went": [market_price_for(one, pack) for one in reversed(counted[:30])] if pack else [],
    }
    return render(request, "pricing/market_product.html", context)


@officers
@read_or_send
def wholesale(request: RegionRequest) -> HttpResponse:
    """What the Satker asks of warungs for each pack; one button saves what was changed."""
    satker = the_satker()
    lines = wholesale_board(satker)
    if request.method == "POST":
        places = posted_numbers(request.POST, "price-")
        mine = as_posted(lines, places, lambda line: [one.pack.pk for one in line.packs])
        form = _wholesale_form(mine, request.POST)
        form.is_valid()
        changed = 0
        for pack, price in form.changes():
            try:
                if price is None:
                    changed += withdraw_wholesale_price(satker=satker, pack=pack)
                else:
                    set_wholesale_price(satker=satker, pack=pack, price=price, by=request.member.actor)
                    changed += 1
            except DomainError as refused:
                form.add_error(form.name_of(pack), refused.message)
        if changed:
            words = ngettext(
                "%(count)s wholesale price is changed.", "%(count)s wholesale prices are changed.", changed
            )
            messages.success(request, words % {"count": changed})
        if not form.errors:
            return redirect(request.get_full_path())
        return _wholesale_page(request, form, mine, {"wanted": asked_text(request)})
    wanted = asked_text(request)
    by_product = {line.product.pk: line for line in lines}
    if wanted:
        lines = [by_product[one.pk] for one in search_products(wanted, MOST_FOUND) if one.pk in by_product]
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    return _wholesale_page(request, _wholesale_form(list(page)), list(page), {"page": page, "wanted": wanted})


def _wholesale_form(lines: Sequence[WholesaleProduct], data: object = None) -> PricesForm:
    packs = [one for line in lines for one in line.packs]
    return PricesForm([(one.pack, one.price.price if one.price else None) for one in packs], data)


def _wholesale_page(
    request: RegionRequest, form: PricesForm, lines: Sequence[WholesaleProduct], context: Mapping[str, object]
) -> HttpResponse:
    rows = [
        (line.product, [(one, form.field_of(one.pack), form.shown_of(one.pack)) for one in line.packs])
        for line in lines
    ]
    return render(request, "pricing/wholesale.html", {"form": form, "rows": rows, **context})


@officers
@require_safe
def guarantee(request: RegionRequest) -> HttpResponse:
    """Prices at warungs that no longer undercut a fresh market price: whom to call, what to write down."""
    page = Paginator(broken_guarantees(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/guarantee.html", {"page": page, "fresh": freshness(), "rule": price_rule()})
