"""Looking around: the first page, where somebody lives, warungs and their shelves, search."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from shared_apps.leak_probe.tokens import cached_token
from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.selectors import profile_of
from tenant_apps.accounts.services.profiles import save_profile
from tenant_apps.orders.baskets import glance, in_carts
from tenant_apps.orders.beside import offered_beside
from tenant_apps.orders.finding import found_sellers, found_warungs, goods_at, product_on_sale
from tenant_apps.orders.forms import FindForm, PlaceForm
from tenant_apps.orders.selectors import likes
from tenant_apps.orders.shelves import categories_of, goods_of, search_page, shelf_of
from tenant_apps.orders.views.visitor import cart_key, keep_place, place_of, way_back
from tenant_apps.satker.selectors import text_of
from tenant_apps.warungs.selectors import (
    Place,
    nearby_of,
    nearest,
    opening_of,
    shown_warung,
    village_names,
)
from tenants.access import public_page
from tenants.forms import asked_text
from tenants.kernel.paging import CountedPaginator

ON_FIRST_PAGE = 6
# A page of tiles must reach a slow phone before its owner gives up.
PER_SHELF = 24
PER_LIST = 20
PER_SEARCH = 6


def where(place: Place | None) -> dict[str, Any]:
    """What a page needs to say whose neighbourhood it shows."""
    names = village_names({place.village_code}) if place else {}
    return {"place": place, "village": names.get(place.village_code, "") if place else ""}


@public_page
@require_safe
def home(request: RegionRequest) -> HttpResponse:
    """The shop's first page."""
    place = place_of(request)
    context = {
        **where(place),
        "welcome": text_of("welcome"),
        "sidik": cached_token(),
        "form": None if place else PlaceForm(),
        "nearby": nearest(place, limit=ON_FIRST_PAGE),
        "categories": categories_of(),
        "glance": glance(cart_key(request)),
    }
    return render(request, "orders/home.html", context)


@public_page
def place(request: RegionRequest) -> HttpResponse:
    """Where do you live? Kept in the session, and in the profile of somebody who is signed in."""
    known = place_of(request)
    initial = {"village": known.village_code, "rw": known.rw, "rt": known.rt} if known else {}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=initial)
    back = way_back(request, "/")
    if request.method == "POST" and form.is_valid():
        told = Place(form.cleaned_data["village"], form.cleaned_data["rw"], form.cleaned_data["rt"])
        keep_place(request, told)
        if request.member.is_signed_in:
            user = request.member.user
            save_profile(
                user=user,
                village_code=told.village_code,
                rw=told.rw,
                rt=told.rt,
                address=profile_of(user).address,
            )
        return redirect(back)
    return render(request, "orders/place.html", {"form": form, "next": back}, status=400 if form.errors else 200)


@public_page
@require_safe
def warungs(request: RegionRequest) -> HttpResponse:
    """Every warung that fits what was asked for, from the nearest on."""
    here = place_of(request)
    form = FindForm(request.GET)
    wanted = form.wanted()
    page = Paginator(found_warungs(here, wanted), PER_LIST).get_page(request.GET.get("page"))
    context = {
        **where(here),
        "form": form,
        "wanted": wanted,
        "page": page,
        "nearby": nearby_of(page.object_list),
        "glance": glance(cart_key(request)),
    }
    return render(request, "orders/warungs.html", context)


@public_page
@require_safe
def product(request: RegionRequest, public_id: UUID) -> HttpResponse:
    """Who sells this, from the nearest on, and for how much."""
    found = product_on_sale(public_id)
    here = place_of(request)
    form = FindForm(request.GET)
    wanted = form.wanted()
    key = cart_key(request)
    page = Paginator(found_sellers(found, here, wanted), PER_SEARCH).get_page(request.GET.get("page"))
    context = {
        **where(here),
        "product": found,
        "form": form,
        "wanted": wanted,
        "page": page,
        "sellers": goods_at(found, nearby_of(page.object_list), in_carts(key)),
        "liked": request.member.is_signed_in and likes(request.member.user, found),
        "glance": glance(key),
    }
    return render(request, "orders/product.html", context)


@public_page
@require_safe
def warung(request: RegionRequest, slug: str) -> HttpResponse:
    """One warung: when it is open, and what it sells, by category."""
    shop = shown_warung(slug, with_village=True)
    text, category = asked_text(request), asked_text(request, "kategori")
    key = cart_key(request)
    page = CountedPaginator(shelf_of(shop, text=text, category=category), PER_SHELF).get_page(request.GET.get("page"))
    context = {
        "warung": shop,
        "opening": opening_of(shop),
        "village": shop.village_name,
        "here": request.get_full_path(),
        "liked": request.member.is_signed_in and likes(request.member.user, shop),
        "beside": offered_beside(shop),
        "categories": categories_of(shop),
        "category": category,
        "q": text,
        "page": page,
        "goods": goods_of(list(page.object_list), in_carts(key)),
        "glance": glance(key),
    }
    return render(request, "orders/warung.html", context)


@public_page
@require_safe
def search(request: RegionRequest) -> HttpResponse:
    """Goods in all warungs, at the nearest first."""
    here = place_of(request)
    text, category = asked_text(request), asked_text(request, "kategori")
    key = cart_key(request)
    found = search_page(here, text=text, category=category, in_cart=in_carts(key)) if text or category else []
    categories = categories_of()
    context = {
        **where(here),
        "q": text,
        "category": next((one for one in categories if one.slug == category), None),
        "categories": categories,
        "page": Paginator(found, PER_SEARCH).get_page(request.GET.get("page")),
        "glance": glance(key),
    }
    return render(request, "orders/search.html", context)
