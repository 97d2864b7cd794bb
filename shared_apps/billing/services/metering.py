"""How much of its plan each region uses. Regions push their numbers (operations' counters); this reads public alone."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from shared_apps.billing.states import day_of, start_of
from tenants.kernel import clock

# What regions call them, see the `region_status` hooks of warungs and orders. A region's storage comes in bytes.
WARUNGS, ORDERS, STORAGE = "warungs_open", "orders_month", "storage_bytes"

_STATEMENT = """
INSERT INTO billing_usagemonth (region_id, month, warungs, orders, storage_mb, measured_at)
SELECT region_id, %(month)s,
       coalesce(max(value) FILTER (WHERE name = %(warungs)s), 0),
       coalesce(max(value) FILTER (WHERE name = %(orders)s), 0),
       coalesce(max(value) FILTER (WHERE name = %(storage)s), 0) / 1048576,
       max(measured_at)
FROM operations_regioncounter
WHERE name = ANY(%(names)s) AND measured_at >= %(since)s
GROUP BY region_id
ON CONFLICT (region_id, month) DO UPDATE SET
    warungs = greatest(billing_usagemonth.warungs, excluded.warungs),
    orders = greatest(billing_usagemonth.orders, excluded.orders),
    storage_mb = excluded.storage_mb,
    measured_at = excluded.measured_at
WHERE excluded.measured_at > billing_usagemonth.measured_at
"""


def meter(now: datetime | None = None) -> int:
    """Beat: this month's row of every region that told something this month. One statement. Returns how many changed."""
    month = day_of(now or clock.now()).replace(day=1)
    with connection.cursor() as cursor:
        cursor.execute(
            _STATEMENT,
            {
                "month": month,
                "since": start_of(month),
                "warungs": WARUNGS,
                "orders": ORDERS,
                "storage": STORAGE,
                "names": [WARUNGS, ORDERS, STORAGE],
            },
        )
        return int(cursor.rowcount)
