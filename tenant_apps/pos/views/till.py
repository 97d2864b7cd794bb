"""The kasir: search or scan, take the money, hand over. It works as a plain form; the script makes it quick and lets it sell offline."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from lokal.qris import set_qris_amount

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.catalog.selectors import pack_by_barcode, search_products, traded_products
from tenant_apps.payments.models import WarungQris
from tenant_apps.payments.sources import source_at_counter
from tenant_apps.pos.forms import TenderForm, line_of
from tenant_apps.pos.models import CounterSale
from tenant_apps.pos.selectors import (
    Good,
    business_day,
    goods_of,
    sale_for,
    sales_of,
    takings_of,
    to_review,
)
from tenant_apps.pos.services import SaleLine, mark_reviewed, record_sale, void_sale
from tenant_apps.pos.services.selling import MOST_MONEY
from tenant_apps.pricing.selectors import offers_of
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.forms import ReasonForm
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

TILES = 24
PER_PAGE = 30

# The Satker's people stand at its Fresh Food stand alone.
at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@dataclass(frozen=True)
class BasketLine:
    """A line as the page shows it."""

    good: Good
    quantity: int

    @property
    def amount(self) -> int:
        return self.good.price * self.quantity

    @property
    def sent(self) -> str:
        return f"{self.good.pack_id}:{self.quantity}:{self.good.price}"


@at_the_warung
@never_cache
@ensure_csrf_cookie
@require_http_methods(["GET", "HEAD", "POST"])
@at_counter
def till(request: CounterRequest) -> HttpResponse:
    """The basket travels in the form; only paying writes anything."""
    if request.method != "POST":
        return _page(request, [], TenderForm(request.counter.warung), uuid.uuid4())
    goods = {good.pack_id: good for good in goods_of(request.counter.warung)}
    lines = _basket(request, goods)
    do, _colon, named = request.POST.get("do", "").partition(":")
    form = TenderForm(request.counter.warung, request.POST)
    key = key_of(request.POST.get("key", ""))
    if do in ("add", "less", "drop") and (pack := _pack(named, goods)):
        lines = _turned(lines, goods[pack], do)
    elif do == "pay":
        return _pay(request, lines, form, key)
    elif scanned := _scanned(request.POST.get("q", ""), goods):
        lines = _turned(lines, goods[scanned], "add")
        return _page(request, lines, form, key, goods, found="")
    return _page(request, lines, form, key, goods, found=_words(request.POST.get("q", "")) if do != "add" else "")


def _pay(request: CounterRequest, lines: list[BasketLine], form: TenderForm, key: uuid.UUID) -> HttpResponse:
    sold = [found for one in request.POST.getlist("line") if (found := line_of(one))]
    if not form.is_valid():
        return _page(request, lines, form, key, status=400)
    try:
        sale = record_sale(
            warung=request.counter.warung,
            key=key,
            lines=sold,
            tenders=form.tenders(sum(line.quantity * line.price for line in sold)),
            customer=form.cleaned_data["customer"],
            at=clock.now(),
            by=request.member.actor,
        )
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _page(request, lines, form, key, status=refused.status)
    return redirect("pos:receipt", sale.number)


def _page(
    request: CounterRequest,
    lines: list[BasketLine],
    form: TenderForm,
    key: uuid.UUID,
    goods: dict[int, Good] | None = None,
    *,
    found: str = "",
    status: int = 200,
) -> HttpResponse:
    warung = request.counter.warung
    offered = list((goods or {good.pack_id: good for good in goods_of(warung)}).values())
    shown = _found(warung, found, offered) if found else offered[:TILES]
    context = {
        "goods": shown,
        "anything": bool(offered),
        "wanted": found,
        "is_barcode": len(found) >= 6 and found.isascii() and found.isdecimal(),
        "lines": lines,
        "total": sum(line.amount for line in lines),
        "form": form,
        "key": key,
        "person": request.member.user,
        "has_qris": WarungQris.objects.filter(warung=warung).exists(),
        "qris_due": form.qris_due(),
        "reviews": to_review(warung).count(),
        "zone": current_region().time_zone,
        "takes_savings": source_at_counter() is not None,
    }
    return render(request, "pos/till.html", context, status=status)


@at_the_warung
@never_cache
@require_safe
@at_counter
def qris(request: CounterRequest) -> HttpResponse:
    """The warung's own code with this amount in it."""
    code = WarungQris.objects.filter(warung=request.counter.warung).first()
    amount = request.GET.get("amount", "")
    if code is None or not (
        amount.isascii() and amount.isdigit() and len(amount) <= 12 and 0 < int(amount) <= MOST_MONEY
    ):
        raise Http404("no code for this")
    made = segno.make(set_qris_amount(code.payload, int(amount)), error="m", micro=False)
    drawn = BytesIO()
    made.save(drawn, kind="svg", scale=4, border=4, light="#fff")
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@at_the_warung
@never_cache
@require_safe
@at_counter
def sales(request: CounterRequest) -> HttpResponse:
    """What was sold today, and which shelves are to be looked at."""
    warung = request.counter.warung
    day = business_day(warung)
    page = Paginator(sales_of(warung), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "day": day, "takings": takings_of(warung, day), "reviews": list(to_review(warung)[:20])}
    return render(request, "pos/sales.html", context)


@at_the_warung
@never_cache
@require_safe
@at_counter
def receipt(request: CounterRequest, number: str) -> HttpResponse:
    """For the customer, on paper of 58 mm or on the screen."""
    sale = sale_for(request.counter.warung, number)
    return _receipt_page(request, sale, ReasonForm())


@at_the_warung
@require_POST
@at_counter
def void(request: CounterRequest, number: str) -> HttpResponse:
    """The sale is taken back, with a reason."""
    sale = sale_for(request.counter.warung, number)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _receipt_page(request, sale, form, status=400)
    try:
        void_sale(sale=sale, reason=form.cleaned_data["reason"], by=request.member.actor)
    except DomainError as refused:
        form.add_error("reason", refused.message)
        return _receipt_page(request, sale, form, status=refused.status)
    if sale.savings:
        back = _("The sale is taken back. The savings are in the member's book again: hand out no cash.")
    else:
        back = _("The sale is taken back. Give the money back, and put the goods on the shelf.")
    messages.success(request, back)
    return redirect("pos:receipt", sale.number)


@at_the_warung
@require_POST
@at_counter
def reviewed(request: CounterRequest, number: str) -> HttpResponse:
    """Somebody has looked at the shelf."""
    mark_reviewed(sale=sale_for(request.counter.warung, number), by=request.member.actor)
    return redirect("pos:sales")


def _receipt_page(request: CounterRequest, sale: CounterSale, form: ReasonForm, status: int = 200) -> HttpResponse:
    open_for_void = sale.state == "done" and sale.day == business_day(sale.warung)
    context = {
        "sale": sale,
        "lines": sale.lines.all(),
        "form": form,
        "can_void": open_for_void,
        "undoing": form.is_bound or "batal" in request.GET,
    }
    return render(request, "pos/receipt.html", context, status=status)


def _basket(request: CounterRequest, goods: dict[int, Good]) -> list[BasketLine]:
    """What the form carries, at the prices of now; what is sold no more is left out."""
    found: dict[int, BasketLine] = {}
    for text in request.POST.getlist("line")[:200]:
        line: SaleLine | None = line_of(text)
        if line and line.pack_id in goods and line.quantity > 0:
            found[line.pack_id] = BasketLine(goods[line.pack_id], line.quantity)
    return list(found.values())


def _turned(lines: list[BasketLine], good: Good, do: str) -> list[BasketLine]:
    change = {"add": 1, "less": -1}.get(do, -(10**9))
    known = any(line.good.pack_id == good.pack_id for line in lines)
    if not known:
        return [*lines, BasketLine(good, 1)] if do == "add" else lines
    turned = [
        BasketLine(line.good, line.quantity + change) if line.good.pack_id == good.pack_id else line for line in lines
    ]
    return [line for line in turned if line.quantity > 0]


def _scanned(text: str, goods: dict[int, Good]) -> int | None:
    """The pack whose barcode was typed, if the warung sells it."""
    pack = pack_by_barcode(text)
    return pack.pk if pack is not None and pack.pk in goods else None


def _found(warung: Warung, words: str, offered: list[Good]) -> list[Good]:
    """Goods of the warung that fit the words, best first."""
    wanted = [str(product.public_id) for product in search_products(words, limit=TILES, among=_sold_products(warung))]
    return [good for public_id in wanted for good in offered if good.product_id == public_id][:TILES]


def _sold_products(warung: Warung) -> Any:
    return traded_products().filter(pk__in=offers_of(warung).order_by().values("pack__product_id"))


def _pack(text: str, goods: dict[int, Good]) -> int | None:
    pack = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
    return pack if pack in goods else None


def _words(text: str) -> str:
    return text.replace("\x00", "").strip()[:80]


def key_of(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
