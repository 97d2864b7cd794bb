"""Operators' desk of sponsors: who pays for which regions, and one invoice for all of them."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shared_apps.billing import selectors
from shared_apps.billing.forms import SponsorBillForm, SponsoredForm, SponsorForm
from shared_apps.billing.models import Sponsor, Subscription
from shared_apps.billing.services import sponsoring
from shared_apps.billing.services.subscribing import subscription_of
from shared_apps.billing.views.operators import ROWS, actor
from shared_apps.operations.access import operators_only
from tenants.kernel.errors import DomainError
from tenants.models import Region


@operators_only
@require_http_methods(["GET", "HEAD", "POST"])
def sponsors(request: HttpRequest) -> HttpResponse:
    """All of them, and a new one."""
    form = SponsorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sponsoring.add_sponsor(**form.cleaned_data, by=actor(request))
        except DomainError as refusal:
            form.add_error("npwp", str(refusal.message))
        else:
            return redirect("billing:sponsor", made.public_id)
    page = Paginator(selectors.sponsors(), ROWS).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "asked": request.method == "POST"}
    return render(request, "billing/operators/sponsors.html", context, status=400 if form.errors else 200)


@operators_only
@require_safe
def sponsor(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Its regions and invoices."""
    return _page(request, get_object_or_404(Sponsor, public_id=public_id))


@operators_only
@require_POST
def add_region(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """It pays for this region too."""
    one, form = get_object_or_404(Sponsor, public_id=public_id), SponsoredForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data["region"].strip().lower()
        hosts = [asked, f"{asked}.{settings.BASE_HOST}"]
        region = Region.objects.filter(domains__domain__in=hosts).distinct().first()
        if region is None:
            form.add_error("region", _("No region has this address."))
        else:
            try:
                sponsoring.sponsor_region(sponsor=one, subscription=subscription_of(region), by=actor(request))
            except DomainError as refusal:
                form.add_error("region", str(refusal.message))
            else:
                return redirect("billing:sponsor", public_id)
    return _page(request, one, form)


@operators_only
@require_POST
def release(request: HttpRequest, public_id: UUID, which: UUID) -> HttpResponse:
    """It pays no more for this region after what it has paid."""
    one = get_object_or_404(Subscription.objects.filter(sponsor__public_id=public_id), public_id=which)
    sponsoring.leave_sponsor(subscription=one, by=actor(request))
    return redirect("billing:sponsor", public_id)


@operators_only
@require_POST
def bill(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One invoice for all of its regions that need to be paid for."""
    one = get_object_or_404(Sponsor, public_id=public_id)
    form = SponsorBillForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("The number of the purchase order has at most 60 characters."))
        return redirect("billing:sponsor", public_id)
    try:
        made = sponsoring.bill_sponsor(
            sponsor=one, by=actor(request), po_number=" ".join(form.cleaned_data["po_number"].split())
        )
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
        return redirect("billing:sponsor", public_id)
    messages.success(request, _("Invoice %(number)s is issued.") % {"number": made.number})
    return redirect("billing:invoice", made.public_id)


def _page(request: HttpRequest, one: Sponsor, form: forms.Form | None = None) -> HttpResponse:
    regions = one.subscriptions.select_related("region", "plan").order_by("region__name")
    context = {
        "sponsor": one,
        "page": Paginator(regions, ROWS).get_page(request.GET.get("page")),
        "invoices": one.invoices.all()[:20],
        "form": form or SponsoredForm(),
    }
    return render(request, "billing/operators/sponsor.html", context, status=400 if form else 200)
