"""The supplier's lists: handing in, saying what columns mean, looking at what would change, taking over, taking back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.price_lists.files import MOST_BYTES
from shared_apps.price_lists.forms import ColumnsForm, UploadForm
from shared_apps.price_lists.models import AT_WORK, ListState, Outcome, PriceList, RowKind
from shared_apps.price_lists.places import name_of
from shared_apps.price_lists.selectors import (
    CHOOSABLE,
    bad_table,
    list_for,
    lists_of,
    outcomes_of,
    rows_of,
    rows_with,
)
from shared_apps.price_lists.services.applying import (
    begin_applying,
    begin_undoing,
    choose,
    choose_kind,
    go_on,
)
from shared_apps.price_lists.services.uploading import begin_reading, drop, name_columns_anew, take_in
from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.models import SupplierRole
from tenants.exports import csv_file
from tenants.forms import asked_text
from tenants.kernel.cells import Cell
from tenants.kernel.errors import DomainError
from tenants.kernel.paging import CountedPaginator
from tenants.kernel.tables import BadTable

LISTS, ROWS = 20, 50
SAMPLE: list[list[Cell]] = [
    ["SKU", "Nama barang", "Merek", "Kemasan", "Isi", "Harga", "Harga mulai 10", "MOQ", "PPN", "Barcode"],
    ["BR-50", "Beras medium", "Contoh", "karung", "50 kg", 575_000, 563_500, 1, "tidak", ""],
    ["MG-12", "Minyak goreng 1 L", "Contoh", "dus", "12 x 1 liter", 165_000, 161_500, 1, "termasuk", ""],
]

catalogue_only = supplier_only(SupplierRole.CATALOGUE)


@catalogue_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lists_page(request: SupplierRequest) -> HttpResponse:
    """All lists, newest first, and the form by which the next one is handed in."""
    organisation = request.supplier.organisation
    sent = request.method == "POST"
    form = UploadForm(organisation, request.POST, request.FILES) if sent else UploadForm(organisation)
    if sent and form.is_valid():
        file: UploadedFile[bytes] = form.cleaned_data["file"]
        try:
            if (file.size or 0) > MOST_BYTES:
                raise BadTable(_("Choose a file of at most 20 MB."))
            made = take_in(
                organisation=organisation,
                data=file.read(),
                name=file.name or "",
                place=form.told_place(),
                by=request.supplier.actor,
            )
        except DomainError as refused:
            form.add_error("file", str(refused.message))
        else:
            return redirect("price_lists:list", made.public_id)
    page = CountedPaginator(lists_of(organisation), LISTS).get_page(request.GET.get("page"))
    context = {"page": page, "form": form}
    return render(request, "price_lists/lists.html", context, status=400 if form.errors else 200)


@catalogue_only
@require_safe
def sample(request: SupplierRequest) -> HttpResponseBase:
    """A list as we like to read it."""
    return csv_file("contoh-daftar-harga", SAMPLE)


@catalogue_only
@never_cache
@require_safe
def list_page(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """One list: what to do with it now. While a worker is at it the page renews itself."""
    price_list = list_for(request.supplier.organisation, public_id)
    if request.headers.get("HX-Request") and request.GET.get("seen") == _mark(price_list):
        # htmx leaves the page as it is: nothing flickers, and a screen reader says only what is new.
        return HttpResponse(status=204)
    if price_list.state == ListState.UPLOADED:
        return _columns_page(request, price_list)
    return _rows_page(request, price_list)


def _mark(price_list: PriceList) -> str:
    return f"{price_list.state}-{price_list.done}"


def _columns_page(
    request: SupplierRequest, price_list: PriceList, form: ColumnsForm | None = None, *, status: int = 200
) -> HttpResponse:
    form = form or ColumnsForm(price_list)
    context = {"list": price_list, "form": form, "place": name_of(price_list.area_id, price_list.region)}
    return render(request, "price_lists/columns.html", context, status=status)


def _rows_page(request: SupplierRequest, price_list: PriceList) -> HttpResponse:
    text, jumps = asked_text(request), request.GET.get("lompat") == "1"
    outcome = request.GET.get("hasil", "")
    outcome = outcome if outcome in (Outcome.REFUSED, Outcome.LEFT) else ""
    counts = {kind: price_list.counts.get(kind.value, 0) for kind in RowKind}
    asked = request.GET.get("jenis", "")
    kinds = [kind for kind in RowKind if counts[kind]]
    first = kinds[0] if kinds else RowKind.NEW
    kind = RowKind(asked) if asked in RowKind.values else first
    rows = rows_of(price_list, kind, text, only_jumps=jumps)
    if outcome:
        rows = rows_with(price_list, Outcome(outcome))
    context = {
        "list": price_list,
        "place": name_of(price_list.area_id, price_list.region),
        "working": price_list.state in AT_WORK,
        "mark": _mark(price_list),
        "tabs": [(one, counts[one]) for one in RowKind],
        "kind": kind,
        "choosing": price_list.state == ListState.READY and kind in CHOOSABLE,
        "page": CountedPaginator(rows, ROWS).get_page(request.GET.get("page")),
        "q": text,
        "jumps": jumps,
        "outcome": Outcome(outcome) if outcome else None,
        "any_jumps": bool(price_list.counts.get("jumps")),
        "outcomes": outcomes_of(price_list),
        "history": list(price_list.history.all()),
    }
    return render(request, "price_lists/list.html", context)


@catalogue_only
@require_POST
def read(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """The columns mean this: a worker reads the list."""
    price_list = list_for(request.supplier.organisation, public_id)
    if price_list.state != ListState.UPLOADED:
        return redirect("price_lists:list", public_id)
    form = ColumnsForm(price_list, request.POST)
    if form.is_valid():
        try:
            begin_reading(price_list=price_list, columns=form.keys(), by=request.supplier.actor)
        except DomainError as refused:
            form.add_error(None, str(refused.message))
        else:
            return redirect("price_lists:list", public_id)
    return _columns_page(request, price_list, form, status=400)


@catalogue_only
@require_POST
def choose_rows(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """The rows that are ticked on this page, or all of a kind, or none of it."""
    price_list = list_for(request.supplier.organisation, public_id)
    kind, act = request.POST.get("jenis", ""), request.POST.get("do", "")
    try:
        if act in ("all", "none") and kind in RowKind.values:
            choose_kind(price_list=price_list, kind=RowKind(kind), chosen=act == "all")
        else:
            choose(price_list=price_list, shown=_ids(request, "shown"), ticked=_ids(request, "row"))
    except DomainError as refused:
        messages.error(request, refused.message)
    place = f"?jenis={kind}" if kind in RowKind.values else ""
    page = request.POST.get("page", "")
    if place and page.isascii() and page.isdigit() and len(page) < 6:
        place += f"&page={page}"
    return redirect(f"{_address(public_id)}{place}")


def _ids(request: SupplierRequest, name: str) -> list[int]:
    return [int(one) for one in request.POST.getlist(name) if one.isascii() and one.isdigit() and len(one) < 19]


def _address(public_id: UUID) -> str:
    return reverse("price_lists:list", args=[public_id])


@catalogue_only
@require_POST
def take_over(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """The chosen rows count."""
    return _step(request, public_id, begin_applying)


@catalogue_only
@require_POST
def take_back(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """What the list changed is taken back."""
    return _step(request, public_id, begin_undoing)


@catalogue_only
@require_POST
def resume(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """What stopped is tried again."""
    return _step(request, public_id, go_on)


@catalogue_only
@require_POST
def remap(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Back to what the columns mean."""
    return _step(request, public_id, name_columns_anew)


@catalogue_only
@require_POST
def drop_list(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    """Nothing of it will count."""
    return _step(request, public_id, drop, _("The list is dropped. Nothing of it counts."))


def _step(request: SupplierRequest, public_id: UUID, act: Callable[..., Any], done: str = "") -> HttpResponse:
    price_list = list_for(request.supplier.organisation, public_id)
    try:
        act(price_list=price_list, by=request.supplier.actor)
    except DomainError as refused:
        messages.error(request, refused.message)
    else:
        if done:
            messages.success(request, done)
    return redirect("price_lists:list", public_id)


@catalogue_only
@require_safe
def bad_rows(request: SupplierRequest, public_id: UUID) -> HttpResponseBase:
    """The rows that are to be mended, each with why."""
    return csv_file("perbaiki", bad_table(list_for(request.supplier.organisation, public_id)))
