"""A citizen has waste fetched at home."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.bank_sampah.round_forms import PickupForm
from tenant_apps.bank_sampah.selectors.books import member_of
from tenant_apps.bank_sampah.selectors.rounds import days_for, pickup_of_theirs
from tenant_apps.bank_sampah.services import ask_pickup, cancel_pickup
from tenants.access import signed_in
from tenants.kernel.errors import DomainError


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: RegionRequest) -> HttpResponse:
    """On which of the next days, roughly how much, and where."""
    member = member_of(request.member.user)
    if member is None:
        return redirect("bank_sampah:books")
    offered = days_for(member)
    initial = {"rw": member.rw, "rt": member.rt, "address": member.address}
    form, status = PickupForm(offered, request.POST if request.method == "POST" else None, initial=initial), 200
    if form.is_valid():
        try:
            ask_pickup(member=member, by=request.member.actor, **form.told)
        except DomainError as refused:
            form.add_error("day", refused.message)
            status = refused.status
        else:
            messages.success(request, _("The unit comes by. You are told when its people set off."))
            return redirect("bank_sampah:books")
    elif form.is_bound:
        status = 400
    context = {"waste_member": member, "form": form, "days": offered}
    return render(request, "bank_sampah/own/pickup.html", context, status=status)


@signed_in
@require_POST
def cancel(request: RegionRequest, number: str) -> HttpResponse:
    """They bring it themselves, or another day."""
    found = pickup_of_theirs(request.member.user, number)
    try:
        cancel_pickup(pickup=found, by=request.member.actor)
    except DomainError as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The pick-up is cancelled."))
    return redirect("bank_sampah:books")
