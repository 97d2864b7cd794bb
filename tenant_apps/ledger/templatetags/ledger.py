"""How the books look."""

from __future__ import annotations

from django import template

from tenant_apps.ledger import books
from tenant_apps.ledger.models import Account

register = template.Library()


@register.filter
def book_label(account: Account) -> str:
    """What the account is for."""
    return books.label_of(account)


@register.filter
def holder(account: Account) -> str:
    """Whose the account is."""
    return books.holder_of(account)
