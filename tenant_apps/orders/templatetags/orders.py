"""How orders look."""

from __future__ import annotations

from django import template

from tenant_apps.orders.models import OrderState

register = template.Library()

_KINDS = {
    OrderState.UNPAID: "warn",
    OrderState.EXPIRED: "plain",
    OrderState.PLACED: "warn",
    OrderState.ACCEPTED: "info",
    OrderState.PACKED: "info",
    OrderState.HANDED_OVER: "",
    OrderState.REJECTED: "bad",
    OrderState.CANCELLED: "plain",
    OrderState.CALLED_OFF: "bad",
}


@register.filter
def state_kind(state: str) -> str:
    """The kind of pill for an order's state."""
    return _KINDS.get(OrderState(state), "")
