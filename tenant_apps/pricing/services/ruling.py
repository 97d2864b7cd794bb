"""Dated ceilings of the state, and how the region suggests prices."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Category, Product
from tenant_apps.pricing.errors import BadPrice
from tenant_apps.pricing.models import MarginRule, PriceCeiling, RoundingStep
from tenant_apps.pricing.services.observing import MOST


def set_ceiling(
    *,
    product: Product,
    per_quantity: int,
    price: int,
    valid_from: date,
    valid_to: date | None,
    source: str,
    by: str,
) -> PriceCeiling:
    """Nobody may ask more than `price` rupiah for `per_quantity` base units on these days. Prices in force go on the worklist.

    Raises:  BadPrice for numbers that are not positive, days out of order, or a missing source.
    """
    if not 0 < price <= MOST or not 0 < per_quantity <= MOST:
        raise BadPrice(_("Write down a price and a quantity above zero."))
    if valid_to is not None and valid_to < valid_from:
        raise BadPrice(_("The last day comes before the first."))
    if not source.strip():
        raise BadPrice(_("Write down which regulation says so."))
    return PriceCeiling.objects.create(
        product=product,
        per_quantity=per_quantity,
        price=price,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source.strip()[:160],
        by=by,
    )


def end_ceiling(*, ceiling: PriceCeiling, last_day: date) -> PriceCeiling:
    """The ceiling counts until this day, and not after. One that has ended stays as it is.

    Raises:  BadPrice for a day before its first.
    """
    if last_day < ceiling.valid_from:
        raise BadPrice(_("The last day comes before the first."))
    PriceCeiling.objects.filter(pk=ceiling.pk).exclude(valid_to__lte=last_day).update(valid_to=last_day)
    ceiling.refresh_from_db()
    return ceiling


def set_margin(
    *,
    percent: int,
    least: int,
    step: RoundingStep,
    rounds_up: bool,
    by: str,
    product: Product | None = None,
    category: Category | None = None,
) -> MarginRule:
    """Prices of this product, of this category, or with neither of the whole region are suggested so from now on.

    Raises:  BadPrice for a margin that is none.
    """
    if not 0 <= percent <= 500 or not 0 <= least <= MOST:
        raise BadPrice(_("A margin is between 0 and 500 percent."))
    with transaction.atomic():
        rule, _fresh = MarginRule.objects.update_or_create(
            product=product,
            category=None if product else category,
            defaults={"percent": percent, "least": least, "step": step, "rounds_up": rounds_up, "by": by},
        )
    return rule


def drop_margin(*, rule: MarginRule) -> bool:
    """The wider rule counts again. False if it was gone."""
    return bool(MarginRule.objects.filter(pk=rule.pk).delete()[0])
