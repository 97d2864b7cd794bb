"""Money does not go along when warungs leave with their kecamatan: what is owed on either side is settled before."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from shared_apps.onboarding.moving_parts import MovingPart, moving_part
from tenant_apps.ledger.books import book_of, label_of
from tenant_apps.ledger.models import Account, AccountKind
from tenant_apps.warungs.moving import leaving
from tenants.kernel.money import rupiah_text

# The warung's own drawer, bank and capital are its owner's business and stay in the books here.
_ITS_OWN = frozenset({"warung:cash", "warung:bank", "warung:qris", "warung:capital"})


@moving_part("ledger", order=90)
class DebtsPart(MovingPart):
    def obstacles(self, villages: Collection[str]) -> list[str]:
        owing = Account.objects.filter(
            warung__in=leaving(villages), kind__in=(AccountKind.ASSET, AccountKind.LIABILITY)
        ).exclude(balance=0)
        return [
            _("%(warung)s: %(what)s, %(amount)s. Settle it first.")
            % {"warung": one.warung, "what": label_of(one), "amount": rupiah_text(abs(one.balance))}
            for one in owing.select_related("warung").order_by("warung__name", "code")
            if not _is_its_own(one)
        ]


def _is_its_own(account: Account) -> bool:
    owner, _first, rest = account.code.partition(":")
    return book_of(account.code) is not None and f"{owner}:{rest.partition(':')[2].partition(':')[0]}" in _ITS_OWN
