"""The supplier's list of joint purchases: read only, for each region's order is answered by itself."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shared_apps.exchange.rooms import for_orders
from shared_apps.exchange.supplier_pools import pools_at_supplier, whole_pools
from shared_apps.supplier_catalog.access import SupplierRequest
from tenants.context import for_supplier
from tenants.kernel.paging import CountedPaginator

PER_PAGE = 10


@for_orders
@require_safe
def pools_page(request: SupplierRequest) -> HttpResponse:
    """Who orders together, how far it is, and which tier they reach."""
    with for_supplier(request.supplier.organisation.db_role):
        page = CountedPaginator(pools_at_supplier(), PER_PAGE).get_page(request.GET.get("page"))
        pools = whole_pools(page.object_list)
    return render(request, "exchange/portal/pools.html", {"page": page, "pools": pools})
