"""Dead stock: what lies in the Satker's store and nobody takes, what it cost, and what could be done with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min, TextChoices
from django.utils.translation import gettext_lazy as _

from tenant_apps.catalog.models import Product
from tenant_apps.procurement.insight.costs import Cost, last_costs
from tenant_apps.procurement.models import CycleLine, RestockLine
from tenant_apps.satker.models import Satker
from tenant_apps.stock.models import StockLot
from tenant_apps.stock.reasons import COUNT_REASONS
from tenant_apps.stock.services import location_of_satker
from tenants.kernel import clock

STEPS = (30, 60, 90)
# So long ago a warung asked for it, and it may well take it again; so soon its date comes; so long it may go back.
WANTED_DAYS, EXPIRES_DAYS, RETURN_DAYS = 60, 30, 90
# Goods that left in another way than to somebody who wanted them.
NOT_TAKEN = (*(word for word, _text in COUNT_REASONS), "expired", "given_back")


class Suggestion(TextChoices):
    PROMOTE = "promote", _("sell it soon at a lower price")
    OFFER = "offer", _("offer it in the next cycle")
    RETURN = "return", _("ask the supplier to take it back")


@dataclass(frozen=True)
class Idle:
    """A product that lies there since then. Quantities in base units, the value in rupiah."""

    product: Product
    on_hand: int
    since: datetime
    days: int
    value: int | None
    expires_on: date | None
    suggestion: Suggestion


# One walk along the levels; for each the index `movement_of_level` finds the last movement that counts, and what came after it.
# Where nothing was left by then, the goods lie there only since the next ones came.
_LYING = """
    SELECT level.product_id, level.on_hand,
           CASE WHEN level.on_hand > later.came THEN gone.at ELSE later.first_at END AS since
    FROM stock_stocklevel AS level
    LEFT JOIN LATERAL (
        SELECT moved.id, moved.at FROM stock_stockmovement AS moved
        WHERE moved.location_id = level.location_id AND moved.product_id = level.product_id
          AND moved.delta_on_hand < 0 AND moved.reason <> ALL (%(not_taken)s)
        ORDER BY moved.id DESC LIMIT 1
    ) AS gone ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(moved.delta_on_hand), 0) AS came, min(moved.at) FILTER (WHERE moved.delta_on_hand > 0) AS first_at
        FROM stock_stockmovement AS moved
        WHERE moved.location_id = level.location_id AND moved.product_id = level.product_id
          AND moved.id > coalesce(gone.id, 0)
    ) AS later
    WHERE level.location_id = %(location)s AND level.on_hand > 0
"""
_OLDER = f"SELECT product_id, on_hand, since FROM ({_LYING}) AS lying WHERE since < %(before)s"


def lying_since(satker: Satker, before: datetime) -> list[tuple[int, int, datetime]]:
    """Products that nobody took since that moment, how much lies there, and since when. One query."""
    told: dict[str, Any] = {"location": location_of_satker(satker).pk, "not_taken": list(NOT_TAKEN), "before": before}
    with connection.cursor() as cursor:
        cursor.execute(_OLDER, told)
        return list(cursor.fetchall())


def idle_stock(satker: Satker, days: int, text: str = "") -> list[Idle]:
    """What lies there for more than so many days, the most valuable first. Eight queries, however much there is."""
    now = clock.now()
    rows = {row[0]: row for row in lying_since(satker, now - timedelta(days=days))}
    among = Product.objects.filter(pk__in=rows)
    for word in text.split()[:6]:
        among = among.filter(name__icontains=word)
    products = list(among)
    ids = [product.pk for product in products]
    costs, dates, wanted = last_costs(ids), _dates(satker, ids), _wanted(ids, now)
    found = [_idle(one, rows[one.pk], costs, dates, wanted, now) for one in products]
    return sorted(found, key=lambda one: (-(one.value or 0), one.product.name, one.product.pk))


def _idle(
    product: Product,
    row: tuple[int, int, datetime],
    costs: Mapping[int, Cost],
    dates: Mapping[int, date],
    wanted: frozenset[int],
    now: datetime,
) -> Idle:
    _pk, on_hand, since = row
    cost, expires_on = costs.get(product.pk), dates.get(product.pk)
    days = (now - since).days
    soon = expires_on is not None and expires_on <= now.date() + timedelta(days=EXPIRES_DAYS)
    value = cost.of(on_hand) if cost else None
    return Idle(product, on_hand, since, days, value, expires_on, suggest(days, soon, product.pk in wanted))


def suggest(days: int, expires_soon: bool, wanted: bool) -> Suggestion:
    """What expires is sold first; what warungs ask for is offered to them; what nobody wants for long goes back."""
    if expires_soon:
        return Suggestion.PROMOTE
    if wanted:
        return Suggestion.OFFER
    return Suggestion.RETURN if days >= RETURN_DAYS else Suggestion.PROMOTE


def _dates(satker: Satker, products: Sequence[int]) -> dict[int, date]:
    """The earliest date of what is left."""
    rows = StockLot.objects.filter(location__satker=satker, product__in=products, left__gt=0).order_by()
    return dict(rows.values_list("product_id").annotate(Min("expires_on")))


def _wanted(products: Sequence[int], now: datetime) -> frozenset[int]:
    """What warungs asked for lately, in cycles or by themselves."""
    since = now - timedelta(days=WANTED_DAYS)
    lines = CycleLine.objects.filter(
        good__product__in=products, order__warung__isnull=False, order__changed_at__gte=since
    )
    asked = RestockLine.objects.filter(product__in=products, request__asked_at__gte=since)
    return frozenset(lines.order_by().values_list("good__product_id", flat=True)) | frozenset(
        asked.order_by().values_list("product_id", flat=True)
    )


def value_of(rows: Iterable[Idle]) -> int:
    """What all of it cost, in rupiah; what has no known cost counts as nothing."""
    return sum(row.value or 0 for row in rows)
