"""Savings in the one place where citizens see all their money: see `tenant_apps/ledger/wallets.py`."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.selectors.books import books_of, member_of
from tenant_apps.ledger.models import Account
from tenant_apps.ledger.wallets import Held, register_wallet
from tenants.identity.models import User


def savings_of(user: User) -> list[Held]:
    """The person's books. Four queries; one for who has none."""
    member = member_of(user)
    if member is None:
        return []
    rows = books_of(member)
    codes = {f"savings:{row.book.pk}:book": row for row in rows}
    accounts = {account.code: account for account in Account.objects.filter(code__in=codes)}
    return [
        Held(
            account=accounts[code],
            name=row.book.purpose or _("Free savings"),
            amount=row.holds,
            address=reverse("bank_sampah:book", args=[row.book.public_id]),
            number=row.book.number,
            bound_until=row.book.bound_until if row.is_bound else None,
            set_aside=row.reserved,
        )
        for code, row in codes.items()
    ]


register_wallet(savings_of)
