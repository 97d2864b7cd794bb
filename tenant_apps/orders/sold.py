"""What a warung sold by orders, for its charts: lines of orders that were handed over."""

from __future__ import annotations

from datetime import datetime

from django.db.models import BigIntegerField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from tenant_apps.orders.models import OrderLine, OrderState, ReturnLine, ReturnState
from tenant_apps.warungs.models import Warung


def handed_over_lines(warung: Warung, since: datetime, until: datetime) -> QuerySet[OrderLine]:
    """Lines of orders that were handed over then, each with `sold_at` and with `worth`: its rupiah as packed, less what was taken back.

    An order that was handed over has moved for the last time. What comes back counts against the day of its sale.
    """
    back = ReturnLine.objects.filter(line=OuterRef("pk"), document__state=ReturnState.ACCEPTED).order_by()
    refunded = Subquery(back.values("line").annotate(all=Sum("amount")).values("all"), output_field=BigIntegerField())
    rows = OrderLine.objects.filter(
        order__warung=warung,
        order__state=OrderState.HANDED_OVER,
        order__moved_at__gte=since,
        order__moved_at__lt=until,
    )
    return rows.order_by().annotate(
        sold_at=F("order__moved_at"), worth=Coalesce("packed__total", "total") - Coalesce(refunded, 0)
    )
