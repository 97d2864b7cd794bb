"""What warungs owe for goods of cycles, and the desk where they pay."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.ledger.selectors import Movement, Period, page_of, statement_of
from tenant_apps.procurement import papers
from tenant_apps.procurement.credit import credit_of
from tenant_apps.procurement.goods_forms import DeskForm
from tenant_apps.procurement.goods_selectors import debt_account, payment_of, payments_of, receivables
from tenant_apps.procurement.services.paying import take_payments
from tenant_apps.procurement.views.satker import for_satker
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 50


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receivables_page(request: RegionRequest) -> HttpResponse:
    """What each warung owes and for how long; what several paid is written down at once."""
    text = asked_text(request)
    page = Paginator(receivables(text), PER_PAGE).get_page(request.GET.get("page"))
    warungs = {one.pk: one for one in Warung.objects.filter(public_id__in=[debt.public_id for debt in page])}
    by_id = {warung.public_id: warung for warung in warungs.values()}
    today = clock.today(current_region().time_zone)
    sent = request.method == "POST"
    form = DeskForm(warungs, request.POST if sent else None, today=today, key=uuid.uuid4())
    status = 200
    if sent:
        status = 400
        if form.is_valid():
            told = form.cleaned_data
            try:
                found = take_payments(
                    key=told["key"],
                    paid=form.paid(),
                    paid_on=told["paid_on"],
                    how=told["how"],
                    reference=told["reference"],
                    by=request.member.actor,
                )
            except DomainError as refused:
                about = warungs.get(refused.context.get("warung_id", 0))
                form.add_error(form.name_of(about) if about else None, refused.message)
                status = refused.status
            else:
                words = ngettext(
                    "%(count)s payment is written down.", "%(count)s payments are written down.", len(found)
                )
                messages.success(request, words % {"count": len(found)})
                return redirect(request.get_full_path())
    rows = [(debt, form.field_of(by_id[debt.public_id])) for debt in page]
    context = {"page": page, "rows": rows, "form": form, "wanted": text}
    return render(request, "procurement/goods/satker/receivables.html", context, status=status)


@for_satker
@never_cache
@require_safe
def warung_page(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """A warung's statement: what it took, what it paid, what it owes."""
    warung, account = debt_account(public_id)
    page: Any = None
    movements: list[Movement] = []
    if account is not None:
        page, movements = page_of(statement_of(account, Period()), request.GET.get("page"))
    context = {
        "warung": warung,
        "credit": credit_of(warung),
        "page": page,
        "movements": movements,
        "payments": payments_of(warung)[:25],
    }
    return render(request, "procurement/goods/satker/warung.html", context)


@for_satker
@require_safe
def receipt(request: RegionRequest, payment: str) -> HttpResponse:
    """Kwitansi."""
    return papers.receipt_of_money(payment_of(payment), the_satker())
