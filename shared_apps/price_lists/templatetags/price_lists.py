"""What a row changes, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from shared_apps.price_lists.columns import Label

register = template.Library()

_FACTS: Mapping[str, Label] = {
    "name": _("Name"),
    "brand": _("Brand"),
    "tax": _("PPN"),
    "packs": _("Packs"),
    "barcode": _("Barcode"),
    "price": _("Price"),
    "tiers": _("Price tiers"),
    "pack": _("Pack"),
    "least": _("Fewest packs"),
    "most": _("Most packs"),
    "lead": _("Days until delivery"),
    "freight": _("Freight of a pack"),
    "to": _("Valid until"),
    "version": _("Version of the article"),
}


@register.filter
def fact(key: str) -> Label:
    """How people call what a row changes."""
    return _FACTS.get(key, key)
