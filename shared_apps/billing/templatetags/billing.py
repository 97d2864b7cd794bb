"""Words for what differs."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

WORDS = {
    "status": _("State of the subscription"),
    "cover": _("Until when it is paid for"),
    "paid_twice": _("Two subscriptions of one region"),
    "invoice": _("Invoice"),
    "invoice_missing": _("Invoice that we lack"),
    "invoice_unknown": _("Invoice that Stripe lacks"),
    "call_refused": _("A change that Stripe refused"),
    "event_waits": _("An event that cannot be applied"),
    "unreadable": _("Customer that cannot be read"),
}


@register.filter
def difference(kind: str) -> str:
    """The kind of a difference in words."""
    return str(WORDS.get(kind, kind))
