"""What a region does when a supplier has taken a step: tenant apps register, so that the exchange imports none of them.

Each app registers in its `hooks.py`, imported by its AppConfig.ready.
"""

from __future__ import annotations

from collections.abc import Callable

from shared_apps.exchange.models import SupplierOrder, SupplierOrderEvent

Handler = Callable[[SupplierOrder, SupplierOrderEvent], None]
_handlers: list[Handler] = []


def on_supplier_step(handler: Handler) -> Handler:
    """Register what is called inside the region, once for each step of a supplier, in the order of the steps of an order.

    The order is locked, and the call stands in the transaction that notes the step as told: what it writes into the region is
    written once, whoever dies. It raises when it could not; then the step is told again.
    """
    if handler not in _handlers:
        _handlers.append(handler)
    return handler


def handlers() -> tuple[Handler, ...]:
    """All of them, in the order in which they registered."""
    return tuple(_handlers)
