"""Where and when the warung brings goods: zones, delivery times, the minimum, a stand's cut-off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenant_apps.accounts.access import Role, roles_only
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenant_apps.warungs.delivering import days_of
from tenant_apps.warungs.forms import MinimumForm, SlotForm, TermsForm, ZoneForm
from tenant_apps.warungs.models import Kind
from tenant_apps.warungs.selectors import slot_of, village_names, zone_of
from tenant_apps.warungs.services import remove_slot, remove_zone, set_minimum, set_slot, set_terms, set_zone
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

at_the_warung = roles_only(Role.OWNER, Role.STAFF, Role.SATKER)


@at_the_warung
@require_safe
@at_counter
def page(request: CounterRequest) -> HttpResponse:
    """Everything about bringing goods, on one page."""
    return _page(request)


@at_the_warung
@require_POST
@at_counter
def minimum(request: CounterRequest) -> HttpResponse:
    """From how much on the warung delivers."""
    return _saved(request, "minimum", MinimumForm(request.POST), set_minimum)


@at_the_warung
@require_POST
@at_counter
def add_zone(request: CounterRequest) -> HttpResponse:
    """One more place, or other figures for one."""
    return _saved(request, "zone", ZoneForm(request.POST), set_zone)


@at_the_warung
@require_POST
@at_counter
def drop_zone(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Nothing is brought there any more."""
    remove_zone(zone=zone_of(request.counter.warung, public_id))
    messages.success(request, _("Saved."))
    return redirect("warungs:delivery")


@at_the_warung
@require_POST
@at_counter
def add_slot(request: CounterRequest) -> HttpResponse:
    """One more delivery time, or other figures for one."""
    return _saved(request, "slot", SlotForm(request.POST), set_slot)


@at_the_warung
@require_POST
@at_counter
def drop_slot(request: CounterRequest, public_id: UUID) -> HttpResponse:
    """Nobody can choose it any more."""
    remove_slot(slot=slot_of(request.counter.warung, public_id))
    messages.success(request, _("Saved."))
    return redirect("warungs:delivery")


@at_the_warung
@require_POST
@at_counter
def terms(request: CounterRequest) -> HttpResponse:
    """A stand's delivery days and cut-off."""
    if request.counter.warung.kind != Kind.FRESH:
        raise Http404("no stand")
    return _saved(request, "terms", TermsForm(request.POST), set_terms)


def _saved(request: CounterRequest, name: str, form: forms.Form, service: Callable[..., object]) -> HttpResponse:
    if form.is_valid():
        try:
            service(warung=request.counter.warung, **form.cleaned_data)
        except DomainError as refused:
            form.add_error(None, str(refused.message))
        else:
            messages.success(request, _("Saved."))
            return redirect("warungs:delivery")
    return _page(request, **{name: form})


def _page(request: CounterRequest, **sent: forms.Form) -> HttpResponse:
    warung = request.counter.warung
    zones = list(warung.zones.all())
    names = village_names({zone.village_code for zone in zones})
    context: dict[str, Any] = {
        "zones": [(zone, names.get(zone.village_code, zone.village_code)) for zone in zones],
        "slots": list(warung.slots.all()),
        "minimum": MinimumForm(initial={"minimum_order": warung.minimum_order}),
        "zone": ZoneForm(),
        "slot": SlotForm(),
    }
    if warung.kind == Kind.FRESH:
        rows = list(warung.terms.all())
        last = rows[-1] if rows else None
        initial: dict[str, Any] = {"valid_from": clock.today(current_region().time_zone), "lead_days": 1}
        if last is not None:
            initial |= {"cutoff": last.cutoff, "lead_days": last.lead_days, "weekdays": sorted(last.days)}
        context |= {"terms": TermsForm(initial=initial), "days": days_of(warung)}
    return render(request, "warungs/toko/delivery.html", {**context, **sent}, status=400 if sent else 200)
