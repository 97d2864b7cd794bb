"""The Satker's pages for goods that came from suppliers."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.procurement.forms import ReceiptForm, SupplyForms
from tenant_apps.procurement.selectors import buying_packs, names_of, receipt_for, receipts, suppliers
from tenant_apps.procurement.services import receive_goods
from tenant_apps.satker.selectors import the_satker
from tenants.context import current_region
from tenants.forms import asked_text
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

PER_PAGE = 25

for_satker = roles_only(Role.SATKER)


@for_satker
@require_safe
def receipts_page(request: RegionRequest) -> HttpResponse:
    """All receipts, newest first."""
    text = asked_text(request)
    page = Paginator(receipts(text=text), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "procurement/satker/receipts.html", {"page": page, "wanted": text})


@for_satker
@require_safe
def receipt(request: RegionRequest, number: str) -> HttpResponse:
    """One receipt."""
    found = receipt_for(request.member, number)
    context = {"receipt": found, "lines": found.lines.all(), "by": names_of([found.by]).get(found.by, "")}
    return render(request, "procurement/satker/receipt.html", context)


@for_satker
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: RegionRequest) -> HttpResponse:
    """Write down what a supplier brought."""
    today, packs = clock.today(current_region().time_zone), buying_packs()
    if request.method != "POST":
        return _new_page(request, ReceiptForm(today=today, initial={"key": uuid.uuid4()}), SupplyForms(packs))
    if request.POST.get("do") == "more":
        given = {name: request.POST.get(name, "") for name in ReceiptForm.base_fields}
        return _new_page(request, ReceiptForm(today=today, initial=given), SupplyForms(packs, request.POST, more=True))
    form, lines = ReceiptForm(request.POST, today=today), SupplyForms(packs, request.POST)
    if not all([form.is_valid(), lines.is_valid()]):
        return _new_page(request, form, lines, status=400)
    try:
        found = receive_goods(satker=the_satker(), lines=lines.supplies(), by=request.member.actor, **form.cleaned_data)
    except DomainError as refused:
        form.add_error(None, refused.message)
        return _new_page(request, form, lines, status=refused.status)
    messages.success(
        request, _("Receipt %(number)s is written down; the goods are in stock.") % {"number": found.number}
    )
    return redirect("procurement:receipt", found.number)


def _new_page(request: RegionRequest, form: ReceiptForm, lines: SupplyForms, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "lines": lines, "suppliers": suppliers()}
    return render(request, "procurement/satker/receipt_new.html", context, status=status)
