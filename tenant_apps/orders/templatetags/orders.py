"""How orders look."""

from __future__ import annotations

from django import template
from django.utils.formats import localize
from django.utils.translation import gettext as _

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
def way(metres: float) -> str:
    """How far something is: "350 m", "1,2 km"."""
    if metres < 950:
        return _("%(metres)s m") % {"metres": max(round(metres / 50) * 50, 50)}
    return _("%(km)s km") % {"km": localize(round(metres / 1000, 1))}


@register.filter
def state_kind(state: str) -> str:
    """The kind of pill for an order's state."""
    return _KINDS.get(OrderState(state), "")
