"""Documents with everything that their shapes read, in a number of queries that does not grow with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404

from tenant_apps.catalog.models import Pack
from tenant_apps.orders.models import Order, Return
from tenant_apps.orders.services.delivering import When

PARTS = ("lines__product", "lines__packed__replaced_by", "events")


def whole(order: Order) -> Order:
    """The order with its lines and its history."""
    prefetch_related_objects([order], *PARTS)
    return order


def with_lines(returns: Sequence[Return]) -> Sequence[Return]:
    """The returns with what comes back."""
    prefetch_related_objects(list(returns), "order", "lines__line")
    return returns


def pack_for(pk: int) -> Pack:
    """The pack that a body names.

    Raises:  Http404.
    """
    found = Pack.objects.select_related("product").filter(pk=pk).first()
    if found is None:
        raise Http404("no such pack")
    return found


def when_told(told: dict[str, Any] | None) -> When | None:
    """The day and the delivery time of a body."""
    day: date | None = told["day"] if told else None
    return When(day, told["slot"]) if told and day else None
