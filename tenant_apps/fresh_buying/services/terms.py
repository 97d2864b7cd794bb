"""What a stand buys on order, and on which terms."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.fresh_buying.errors import BadEntry
from tenant_apps.fresh_buying.models import BuyingTerms, GoodOnOrder
from tenant_apps.warungs.models import Kind, Warung

MOST_A_DAY = 10**9


def set_buying_terms(*, stand: Warung, market: str, margin_percent: int, is_open: bool = True) -> BuyingTerms:
    """The stand buys on order from now on, at this market; or, not open, takes no more pre-orders.

    Raises:  BadEntry.
    """
    market = market.strip()[:120]
    if stand.kind != Kind.FRESH:
        raise BadEntry(_("Only a Fresh Food stand buys on order."))
    if not market:
        raise BadEntry(_("Write down at which market it is bought."))
    if not 0 <= margin_percent <= 100:
        raise BadEntry(_("Write a margin from 0 to 100 percent."))
    told = {"market": market, "margin_percent": margin_percent, "is_open": is_open}
    return BuyingTerms.objects.update_or_create(stand=stand, defaults=told)[0]


def put_on_order(
    *, stand: Warung, product: Product, section: str, daily_limit: int, is_active: bool = True
) -> GoodOnOrder:
    """The stand buys this product when it is ordered, at most so many base units a day.

    Raises:  BadEntry.
    """
    section = section.strip()[:40]
    if not section:
        raise BadEntry(_("Write down in which section of the market it lies."))
    if not 0 < daily_limit <= MOST_A_DAY:
        raise BadEntry(_("Write down how much can be bought in a day."))
    told = {"section": section, "daily_limit": daily_limit, "is_active": is_active}
    with transaction.atomic():
        return GoodOnOrder.objects.update_or_create(stand=stand, product=product, defaults=told)[0]
