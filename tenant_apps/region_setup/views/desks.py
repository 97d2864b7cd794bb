"""Where a working day begins: the warung's counter, the Satker's desk."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tenant_apps.accounts.access import RegionRequest, Role, roles_only
from tenant_apps.pricing.boards import broken_guarantees, freshness, price_board
from tenant_apps.satker.selectors import the_satker
from tenant_apps.stock.selectors import levels_at
from tenant_apps.stock.services import location_of_satker, location_of_warung
from tenant_apps.warungs.counter import CounterRequest, at_counter
from tenant_apps.warungs.selectors import opening_of, village_names


@roles_only(Role.OWNER, Role.STAFF)
@require_safe
@at_counter
def toko(request: CounterRequest) -> HttpResponse:
    """Open or closed, what needs doing, where to go."""
    warung = request.counter.warung
    rows = price_board(warung)
    levels = {level.product_id: level for level in levels_at(location_of_warung(warung))}
    sold = [row for row in rows if row.is_sold]
    context = {
        "warung": warung,
        "village": village_names({warung.village_code}).get(warung.village_code, ""),
        "opening": opening_of(warung),
        "has_hours": warung.hours.exists(),
        "sold": len(sold),
        "broken": [row for row in sold if not row.holds],
        "sold_out": [row for row in sold if row.product.pk not in levels or levels[row.product.pk].available <= 0],
        "unpriced": [
            row for row in rows if not row.is_sold and row.product.pk in levels and levels[row.product.pk].on_hand
        ],
    }
    return render(request, "region_setup/toko.html", context)


@roles_only(Role.SATKER)
@require_safe
def desk(request: RegionRequest) -> HttpResponse:
    """What the Satker has to look after today."""
    levels = levels_at(location_of_satker(the_satker()))
    context = {
        "satker": the_satker(),
        "fresh": freshness(),
        "broken": broken_guarantees().count(),
        "in_store": sum(level.on_hand > 0 for level in levels),
    }
    return render(request, "region_setup/desk.html", context)
