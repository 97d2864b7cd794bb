"""How our price and the market's went, and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenant_apps.catalog.models import Pack
from tenant_apps.pricing.arithmetic import market_price_for
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import evidence
from tenant_apps.warungs.models import WarungState
from tenants.context import current_region
from tenants.kernel import clock

DAYS = 90
# About as wide as a phone, so that its figures are as large there as other small text.
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 360, 200, 60, 28, 12


@dataclass(frozen=True)
class DayPrices:
    """One day, in rupiah for one pack: what a market asked then, as last seen, and the lowest price of an open warung."""

    day: date
    market: int | None
    where: str
    ours: int | None


def prices_by_day(pack: Pack) -> list[DayPrices]:
    """The last 90 days on which something changed, oldest first, and today. Two queries."""
    zone = ZoneInfo(current_region().time_zone)
    today = clock.today(current_region().time_zone)
    first = today - timedelta(days=DAYS)
    seen = {}
    for row in evidence().filter(product=pack.product_id, observed_on__gte=first).order_by("observed_on", "pk"):
        seen[row.observed_on] = (market_price_for(row, pack), row.market)
    since = datetime.combine(first, time(0), tzinfo=zone)
    asked = list(
        WarungPrice.objects.filter(
            Q(replaced_at=None) | Q(replaced_at__gte=since), pack=pack, warung__state=WarungState.OPEN
        ).values_list("price", "valid_from", "replaced_at")
    )
    changed = {moment.astimezone(zone).date() for _price, *moments in asked for moment in moments if moment}
    days = sorted({*seen, *(day for day in changed if day >= first), today})
    found: list[DayPrices] = []
    last: tuple[int | None, str] = (None, "")
    for day in days:
        last = seen.get(day, last)
        end = min(datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone), clock.now())
        in_force = [price for price, begun, over in asked if begun <= end and (over is None or over > end)]
        found.append(DayPrices(day, last[0], last[1], min(in_force, default=None)))
    return found


def chart(days: Sequence[DayPrices], label: str) -> SafeString:
    """Two lines in steps: the market's dashed, ours solid. The table below says the same in words."""
    prices = [price for day in days for price in (day.market, day.ours) if price is not None]
    if len(days) < 2 or not prices:
        return SafeString("")
    low, high = min(prices) * 95 // 100, max(prices) * 105 // 100 + 1
    span = max((days[-1].day - days[0].day).days, 1)

    def place(day: date, price: int) -> tuple[float, float]:
        across = LEFT + (day - days[0].day).days * (WIDTH - LEFT - 12) / span
        return across, TOP + (high - price) * (HEIGHT - TOP - BOTTOM) / (high - low)

    def line(told: Sequence[tuple[date, int | None]]) -> str:
        drawn: list[str] = []
        before: float | None = None
        for day, price in told:
            if price is None:
                before = None
                continue
            x, y = place(day, price)
            # A round end makes a dot of a price that has one day only.
            drawn.append(f"M{x:.1f} {y:.1f}h0" if before is None else f"L{x:.1f} {before:.1f}L{x:.1f} {y:.1f}")
            before = y
        return "".join(drawn)

    def text(price: int) -> str:
        return f"{price:,}".replace(",", ".")

    top, bottom = max(prices), min(prices)
    return format_html(
        '<svg class="price-chart" viewBox="0 0 {} {}" width="100%" role="img" aria-label="{}" fill="none" stroke="currentColor">'
        '<path d="M{} {}H{}" stroke-opacity=".3"/>'
        '<path d="{}" stroke-width="2" stroke-dasharray="6 5" stroke-opacity=".7"/><path d="{}" stroke-width="4" stroke-linecap="round"/>'
        '<g fill="currentColor" stroke="none" font-size="14"><text x="2" y="{}">{}</text><text x="2" y="{}">{}</text>'
        '<text x="{}" y="{}">{}</text><text x="{}" y="{}" text-anchor="end">{}</text></g></svg>',
        WIDTH,
        HEIGHT,
        label,
        LEFT,
        HEIGHT - BOTTOM,
        WIDTH - 12,
        line([(one.day, one.market) for one in days]),
        line([(one.day, one.ours) for one in days]),
        f"{place(days[0].day, top)[1] + 4:.1f}",
        text(top),
        f"{place(days[0].day, bottom)[1] + 4:.1f}" if bottom < top else -20,
        text(bottom),
        LEFT,
        HEIGHT - 8,
        days[0].day.strftime("%d/%m"),
        WIDTH - 12,
        HEIGHT - 8,
        days[-1].day.strftime("%d/%m"),
    )
