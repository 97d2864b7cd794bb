"""Prices that need a look, suggestions, and prices for later: one tap takes over what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.catalog.models import Pack, Use
from tenant_apps.catalog.selectors import search_products
from tenant_apps.pricing.forms import PricesForm, WhenForm, posted_numbers
from tenant_apps.pricing.models import PriceList
from tenant_apps.pricing.selectors import list_for, offers_of, price_rule
from tenant_apps.pricing.services import Wish, dismiss_refusals, drop_price_list, publish_prices, schedule_prices
from tenant_apps.pricing.worklist import WorkLine, forget_count, prices_to_check, suggestion_board, worklist_of
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenants.context import current_region
from tenants.forms import MOST_RUPIAH, asked_text
from tenants.kernel.errors import DomainError

A_PAGE = 20
MOST_FOUND = 60

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)
officers = roles_only(Role.SATKER)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@at_the_warung
@read_or_send
@at_counter
def review(request: CounterRequest) -> HttpResponse:
    """Prices that lost the badge, lie below the cost, break a ceiling or differ from the suggestion."""
    refusals: dict[int, str] = {}
    if request.method == "POST":
        refusals = _take_over(request)
        if not refusals:
            return redirect(request.get_full_path())
    lines = worklist_of(request.counter.warung)
    tab = "differs" if request.GET.get("tab") == "differs" else "urgent"
    urgent = [line for line in lines if line.is_urgent]
    shown = urgent if tab == "urgent" else [line for line in lines if not line.is_urgent]
    context = {"tab": tab, "urgent": len(urgent), "differing": len(lines) - len(urgent)}
    return _page(request, "pricing/review.html", shown, refusals, context)


@at_the_warung
@read_or_send
@at_counter
def suggestions(request: CounterRequest) -> HttpResponse:
    """What every pack could cost, with the reason; published one by one or all of the page."""
    refusals: dict[int, str] = {}
    if request.method == "POST":
        refusals = _take_over(request)
        if not refusals:
            return redirect(request.get_full_path())
    lines, wanted = suggestion_board(request.counter.warung), asked_text(request)
    if wanted:
        found = {product.pk: place for place, product in enumerate(search_products(wanted, MOST_FOUND))}
        lines = sorted(
            (line for line in lines if line.pack.product_id in found), key=lambda line: found[line.pack.product_id]
        )
    return _page(request, "pricing/suggestions.html", lines, refusals, {"wanted": wanted})


def _page(
    request: CounterRequest, template: str, lines: Sequence[WorkLine], refusals: dict[int, str], more: dict[str, object]
) -> HttpResponse:
    page = Paginator(lines, A_PAGE).get_page(request.GET.get("page"))
    rows = [(line, refusals.get(line.pack.pk, "")) for line in page]
    takes = any(line.suggestion.price is not None for line in page)
    return render(request, template, {"page": page, "rows": rows, "takes": takes, "refusals": refusals, **more})


def _take_over(request: CounterRequest) -> dict[int, str]:
    """Publish what was shown: of one pack (`only`), or of the whole page (`all`). Returns refusals by pack id."""
    warung = request.counter.warung
    only = request.POST.get("only", "")
    read = request.POST.get("read", "")
    if read.isascii() and read.isdecimal() and len(read) <= 18:
        dismiss_refusals(warung=warung, packs=[int(read)])
        forget_count(warung)
        return {}
    numbers = posted_numbers(request.POST, "price-")
    wanted = [pk for pk in numbers if "all" in request.POST or only == str(pk)]
    shown = {pk: _rupiah(request.POST.get(f"price-{pk}", "")) for pk in wanted}
    packs = Pack.objects.filter(pk__in=wanted, use=Use.SELL, product__is_active=True).select_related("product")
    wishes = [Wish(pack, price) for pack in packs for price in [shown[pack.pk]] if price]
    if not wishes:
        return {}
    done = publish_prices(warung=warung, wishes=wishes, by=request.member.actor)
    dismiss_refusals(warung=warung, packs=[price.pack_id for price in done.prices])
    forget_count(warung)
    if done.prices:
        count = len(done.prices)
        words = ngettext("%(count)s price is published.", "%(count)s prices are published.", count)
        messages.success(request, words % {"count": count})
    return {pk: str(refusal) for pk, refusal in done.refusals.items()}


def _rupiah(text: str) -> int | None:
    """The suggestion that the page showed; it is no field that somebody writes into."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return None
    price = int(text)
    return price if 0 < price <= MOST_RUPIAH else None


@at_the_warung
@read_or_send
@at_counter
def schedule(request: CounterRequest) -> HttpResponse:
    """Prices for later: those that are changed here are asked from the chosen moment on."""
    warung, wanted = request.counter.warung, asked_text(request)
    sent = request.method == "POST"
    offers = list(offers_of(warung))
    if sent:
        named = posted_numbers(request.POST, "price-")
        offers = [one for one in offers if one.pack_id in named]
    elif wanted:
        found = {product.pk for product in search_products(wanted, MOST_FOUND)}
        offers = [one for one in offers if one.pack.product_id in found]
    page = None if sent else Paginator(offers, A_PAGE).get_page(request.GET.get("page"))
    shown = offers if page is None else list(page)
    form = PricesForm([(one.pack, one.price) for one in shown], request.POST if sent else None)
    when = WhenForm(request.POST if sent else None)
    if sent and when.is_valid() & form.is_valid():
        told = when.cleaned_data
        moment = datetime.combine(told["day"], told["time"], tzinfo=ZoneInfo(current_region().time_zone))
        wishes = [Wish(pack, price) for pack, price in form.changes() if price]
        try:
            schedule_prices(warung=warung, valid_from=moment, wishes=wishes, by=request.member.actor)
        except DomainError as refused:
            when.add_error(None, refused.message)
        else:
            messages.success(request, _("The prices are scheduled. They are checked again when their time has come."))
            return redirect("pricing:schedule")
    context = {
        "rows": [(one, form.field_of(one.pack), form.shown_of(one.pack)) for one in shown],
        "form": form,
        "when": when,
        "page": page,
        "wanted": wanted,
        "lists": PriceList.objects.filter(warung=warung).prefetch_related("lines__pack__product")[:10],
    }
    return render(request, "pricing/schedule.html", context)


@at_the_warung
@require_POST
@at_counter
def drop_list(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """The scheduled prices are not published."""
    if drop_price_list(price_list=list_for(request.counter.warung, public_id)):
        messages.info(request, _("The scheduled prices are dropped."))
    else:
        messages.error(request, _("These prices are no longer waiting."))
    return redirect("pricing:schedule")


@officers
@require_safe
def overview(request: RegionRequest) -> HttpResponse:
    """Prices at warungs that need a look, in the whole region."""
    page = Paginator(prices_to_check(), A_PAGE).get_page(request.GET.get("page"))
    return render(request, "pricing/overview.html", {"page": page, "rule": price_rule()})
