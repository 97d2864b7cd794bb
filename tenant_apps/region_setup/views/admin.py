"""The admin's way to a market that trades: the list, services, RW and RT, the Satker, what is on sale."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.accounts.models import RoleGrant
from tenant_apps.pricing.selectors import prices_on_sale
from tenant_apps.region_setup.forms import MoreRwForm, RwForm, SatkerForm, ServicesForm, TextsForm
from tenant_apps.satker.selectors import services_are_confirmed, services_of_region, the_satker
from tenant_apps.satker.services import confirm_services, known_texts, save_satker, save_texts
from tenant_apps.warungs.selectors import rw_of_village, village_names, village_rows
from tenant_apps.warungs.services import save_neighbourhoods
from tenants import hooks
from tenants.forms import asked_text
from tenants.kernel.errors import DomainError
from tenants.support import open_to_support

A_PAGE = 25

admins = roles_only(Role.ADMIN)
read_or_send = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True)
class Task:
    """One line of the admin's list."""

    title: str | Promise
    hint: str | Promise
    url: str
    done: bool


def checklist_of_region() -> list[Task]:
    """Every first-run task with its present answer."""
    return [Task(item.title, item.hint, _address(item.url_name), item.done()) for item in hooks.checklist()]


def _address(url_name: str) -> str:
    # An item whose app has no page for it yet is shown without a link.
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""


@admins
@require_safe
def checklist(request: RegionRequest) -> HttpResponse:
    """What is left until the market trades; every line checks itself."""
    tasks = checklist_of_region()
    done = sum(task.done for task in tasks)
    following = next((task for task in tasks if not task.done), None)
    context = {"tasks": tasks, "done": done, "all": len(tasks), "following": following}
    return render(request, "region_setup/checklist.html", context)


@admins
@open_to_support
@read_or_send
def services(request: RegionRequest) -> HttpResponse:
    """Confirm or switch the services."""
    form = ServicesForm(services_of_region(), request.POST if request.method == "POST" else None)
    if form.is_valid():
        confirm_services(offered=form.cleaned_data["services"])
        messages.success(request, _("The services are confirmed."))
        return redirect("region_setup:services")
    return render(request, "region_setup/services.html", {"form": form, "confirmed": services_are_confirmed()})


@admins
@require_safe
def villages(request: RegionRequest) -> HttpResponse:
    """Every kelurahan with its RW and RT."""
    wanted = asked_text(request)
    rows = village_rows(wanted)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "wanted": wanted, "entered": sum(row.rw > 0 for row in rows), "all": len(rows)}
    return render(request, "region_setup/villages.html", context)


@admins
@require_safe
def village(request: RegionRequest, code: str) -> HttpResponse:
    """The RW of one kelurahan."""
    return _village_page(request, code)


@admins
@open_to_support
@require_POST
def change_rw(request: RegionRequest, code: str) -> HttpResponse:
    """Save how many RT each RW has; remove some."""
    form = RwForm(rw_of_village(code), request.POST)
    if form.is_valid():
        try:
            save_neighbourhoods(village_code=code, rt_counts=form.rt_counts(), removed=form.removed())
        except DomainError as refused:
            form.add_error(None, refused.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("region_setup:village", code)
    return _village_page(request, code, form=form)


@admins
@open_to_support
@require_POST
def add_rw(request: RegionRequest, code: str) -> HttpResponse:
    """Enter RW that are not there yet. Those that are there keep their RT."""
    known = {row.rw for row in rw_of_village(code)}
    form = MoreRwForm(request.POST)
    if form.is_valid():
        fresh = {rw: count for rw, count in form.rt_counts().items() if rw not in known}
        save_neighbourhoods(village_code=code, rt_counts=fresh)
        messages.success(request, _("%(count)s RW entered.") % {"count": len(fresh)})
        return redirect("region_setup:village", code)
    return _village_page(request, code, more=form)


def _village_page(
    request: RegionRequest, code: str, *, form: RwForm | None = None, more: MoreRwForm | None = None
) -> HttpResponse:
    rows = rw_of_village(code)
    name = village_names({code}).get(code)
    if name is None:
        raise Http404("no such kelurahan")
    following = max((row.rw for row in rows), default=0) + 1
    context = {
        "code": code,
        "name": name,
        "form": form or RwForm(rows),
        "more": more or MoreRwForm(initial={"first": following, "last": following}),
        "rows": rows,
    }
    return render(request, "region_setup/village.html", context)


@admins
@open_to_support
@read_or_send
def satker(request: RegionRequest) -> HttpResponse:
    """The Satker's particulars, and who works there."""
    office = the_satker()
    initial = {name: getattr(office, name) for name in ("name", "address", "phone", "email")}
    form = SatkerForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        save_satker(satker=office, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("region_setup:satker")
    return _satker_page(request, form, TextsForm(known_texts()))


@admins
@open_to_support
@require_POST
def texts(request: RegionRequest) -> HttpResponse:
    """What the region's own pages say."""
    form = TextsForm(known_texts(), request.POST)
    if form.is_valid():
        save_texts(texts=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("region_setup:satker")
    office = the_satker()
    initial = {name: getattr(office, name) for name in ("name", "address", "phone", "email")}
    return _satker_page(request, SatkerForm(initial=initial), form)


def _satker_page(request: RegionRequest, form: SatkerForm, texts_form: TextsForm) -> HttpResponse:
    officers = RoleGrant.objects.select_related("user").filter(role=Role.SATKER, user__is_active=True)
    context = {"form": form, "texts": texts_form, "officers": [grant.user for grant in officers.order_by("user__name")]}
    return render(request, "region_setup/satker.html", context)


@admins
@require_safe
def on_sale(request: RegionRequest) -> HttpResponse:
    """What the region's warungs sell, with the evidence."""
    wanted = asked_text(request)
    rows = prices_on_sale().select_related("warung", "pack__product", "evidence")
    if wanted:
        rows = rows.filter(pack__product__name__icontains=wanted)
    rows = rows.order_by("pack__product__name", "pack__order", "price", "pk")
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "region_setup/on_sale.html", {"page": page, "wanted": wanted})
