"""Offers of an article: a new one, other terms for one, the end of one."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shared_apps.regions.picker import area_picker, is_search
from shared_apps.supplier_catalog.access import SupplierRequest, supplier_only
from shared_apps.supplier_catalog.article_forms import OfferForm, tier_lines, tiers_of
from shared_apps.supplier_catalog.catalogue import open_regions, place_of
from shared_apps.supplier_catalog.models import Article, Offer, SupplierRole
from shared_apps.supplier_catalog.selectors import areas_of
from shared_apps.supplier_catalog.services.editing import make_offer
from shared_apps.supplier_catalog.services.facts import DELIVERED
from shared_apps.supplier_catalog.services.withdrawing import end
from shared_apps.supplier_catalog.views.articles import article_for
from shared_apps.supplier_catalog.views.registering import place_in
from tenants.kernel.errors import DomainError

catalogue_only = supplier_only(SupplierRole.CATALOGUE)


@catalogue_only
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SupplierRequest, public_id: UUID) -> HttpResponse:
    return _form_page(request, article_for(request, public_id), None)


@catalogue_only
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: SupplierRequest, public_id: UUID, offer: UUID) -> HttpResponse:
    """Other terms at the same place: the offer ends and another one takes its place."""
    one = article_for(request, public_id)
    return _form_page(request, one, _running(one, offer))


@catalogue_only
@require_POST
def finish(request: SupplierRequest, public_id: UUID, offer: UUID) -> HttpResponse:
    """End an offer. One that has ended already stays so."""
    one = article_for(request, public_id)
    ended = get_object_or_404(one.offers, public_id=offer)
    end(organisation=request.supplier.organisation, offers=[ended.pk])
    messages.success(request, _("The offer has ended."))
    return redirect("supplier_portal:article", public_id)


def _form_page(request: SupplierRequest, one: Article, offer: Offer | None) -> HttpResponse:
    areas = [(hit.area.code, hit.path) for hit in areas_of(request.supplier.organisation)]
    data, status = request.POST if request.method == "POST" else None, 200
    if data is not None and is_search(data):
        # Only an area is searched: what was typed stands there again, and nothing is judged.
        form, lines = OfferForm(article=one, areas=areas, initial=data.dict()), tier_lines(offer, data)
    else:
        form, lines = OfferForm(data, article=one, areas=areas, offer=offer), tier_lines(offer, data)
        if data is not None:
            status = 400
            if form.is_valid() and lines.is_valid():
                draft = form.draft(tiers_of(lines), smaller="" if offer else place_in(request), offer=offer)
                try:
                    make_offer(article=one, offer=draft, by=request.supplier.actor, instead_of=offer)
                except DomainError as refusal:
                    form.add_error(None, str(refusal.message))
                    status = refusal.status
                else:
                    messages.success(request, _("The offer is kept."))
                    return redirect("supplier_portal:article", one.public_id)
    context = {
        "form": form,
        "lines": lines,
        "article": one,
        "offer": offer,
        "place": place_of(offer) if offer else "",
        "picker": None
        if offer
        else area_picker(
            data,
            label=_("Only a part of that area (optional)"),
            hint=_("A city, regency or kecamatan inside it, where the price is another."),
            levels=DELIVERED,
            multiple=False,
        ),
        "regions": [] if offer else open_regions(),
    }
    return render(request, "supplier_catalog/portal/offer_form.html", context, status=status)


def _running(one: Article, public_id: UUID) -> Offer:
    rows = one.offers.select_related("pack", "area", "region").prefetch_related("tiers")
    return get_object_or_404(rows, public_id=public_id, ended_at=None)
