"""What the session knows of somebody who shops: where they live, and which carts are theirs."""

from __future__ import annotations

import uuid
from uuid import UUID

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from tenant_apps.accounts.access import RegionRequest
from tenant_apps.accounts.models import Profile
from tenant_apps.accounts.selectors import profile_of
from tenant_apps.orders.baskets import packs_in_carts
from tenant_apps.orders.services.carting import adopt_carts
from tenant_apps.warungs.selectors import Place

PLACE, CART = "place", "cart"


def place_of(request: RegionRequest, profile: Profile | None = None) -> Place | None:
    """Where this person lives: what they told in this session, or else their profile, asked for unless it is given."""
    kept = request.session.get(PLACE)
    if isinstance(kept, dict):
        return Place(kept["village"], kept["rw"], kept["rt"])
    if request.member.is_signed_in:
        profile = profile or profile_of(request.member.user)
        if profile.village_code:
            return Place(profile.village_code, profile.rw, profile.rt)
    return None


def keep_place(request: HttpRequest, place: Place) -> None:
    """The session knows where this person lives."""
    request.session[PLACE] = {"village": place.village_code, "rw": place.rw, "rt": place.rt}


def cart_key(request: RegionRequest) -> UUID | None:
    """Whose carts this person fills; None for a visitor who has none. What a visitor chose comes along when they sign in."""
    visitor = request.session.get(CART)
    if not request.member.is_signed_in:
        return UUID(visitor) if visitor else None
    own = request.member.user.public_id
    if visitor:
        adopt_carts(visitor=UUID(visitor), person=own)
        del request.session[CART]
    return own


def new_cart_key(request: RegionRequest) -> UUID:
    """The same, made for a visitor who puts in the first thing."""
    key = cart_key(request)
    if key is None:
        key = uuid.uuid4()
        request.session[CART] = str(key)
    return key


def packs_in_cart(request: HttpRequest) -> int:
    """The number beside the basket in the navigation: one query, and none for a visitor without a cart."""
    member, visitor = getattr(request, "member", None), request.session.get(CART)
    keys = [UUID(visitor)] if visitor else []
    if member is not None and member.is_signed_in:
        keys.append(member.user.public_id)
    return packs_in_carts(keys) if keys else 0


def way_back(request: HttpRequest, fallback: str) -> str:
    """Where a form wants to go on, when that is a page of this site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else fallback
