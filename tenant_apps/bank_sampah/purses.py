"""Savings as a way of paying, for those apps that sell: see `tenant_apps/payments/sources.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_lazy

from shared_apps.onboarding.models import Service
from tenant_apps.bank_sampah.cards import member_typed
from tenant_apps.bank_sampah.errors import PinMissing, PinWrong
from tenant_apps.bank_sampah.models import Member, MemberState, WasteUnit, Way
from tenant_apps.bank_sampah.selectors.books import books_of, member_of
from tenant_apps.bank_sampah.services.pins import check_pin
from tenant_apps.bank_sampah.services.spending import give_back_savings, take_savings
from tenant_apps.ledger.models import Account, JournalEntry
from tenant_apps.ledger.services import Posting
from tenant_apps.payments.sources import Purse, register_source
from tenant_apps.satker.selectors import offers_service
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User

NOT_TOGETHER = gettext_lazy("That card or number and that PIN do not belong together, or no PIN was set yet.")


@dataclass(frozen=True)
class SavingsPurse:
    """A member's books."""

    member: Member

    @property
    def amount(self) -> int:
        return sum(row.spendable for row in books_of(self.member))

    @property
    def owner(self) -> str:
        return f"member:{self.member.public_id}"

    def agree(self, pin: str) -> None:
        check_pin(member=self.member, pin=pin)

    def take(
        self,
        amount: int,
        *,
        key: UUID,
        way: Literal["balance", "goods"],
        warung: Warung | None,
        by: str,
        also: Sequence[Account],
    ) -> list[Posting]:
        unit = WasteUnit.objects.filter(warung=warung).first() if warung is not None else None
        return take_savings(member=self.member, key=key, amount=amount, way=Way(way), unit=unit, by=by, also=also)


class WasteSavings:
    """Where the region offers Bank Sampah."""

    def is_open(self) -> bool:
        return offers_service(Service.BANK_SAMPAH)

    def purse_of(self, user: User) -> Purse | None:
        # Most people have no book, and then nothing more is asked.
        member = member_of(user)
        pays = member is not None and member.state == MemberState.ACTIVE and self.is_open()
        return SavingsPurse(member) if member is not None and pays else None

    def purse_at_counter(self, typed: str, pin: str) -> Purse:
        member = member_typed(typed)
        if member is None or member.state != MemberState.ACTIVE:
            # Told as if the PIN were wrong: numbers of members are nobody's to find out.
            raise PinWrong(NOT_TOGETHER)
        try:
            check_pin(member=member, pin=pin)
        except (PinMissing, PinWrong):
            raise PinWrong(NOT_TOGETHER) from None
        return SavingsPurse(member)

    def give_back(self, *, key: UUID, entry: JournalEntry, reason: str, by: str) -> None:
        give_back_savings(key=key, entry=entry, reason=reason, by=by)


register_source(WasteSavings())
