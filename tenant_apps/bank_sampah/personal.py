"""Who saved: slips and payouts stay as bookkeeping, under the pseudonym."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenant_apps.bank_sampah.locks import lock_books_of, lock_member
from tenant_apps.bank_sampah.models import Deposit, DepositLine, Member, MemberState, PickupRequest, Way, Withdrawal
from tenant_apps.bank_sampah.models.members import new_card
from tenant_apps.bank_sampah.selectors.books import books_of
from tenant_apps.bank_sampah.services.collecting import give_up_pickups
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import move
from tenants.personal.people import GONE, Holder, Person, holder
from tenants.personal.sealing import indexes_of


@holder("bank_sampah", label=gettext_lazy("Savings at the waste bank"), order=100)
class BankSampah(Holder):
    def find(self, person: Person) -> None:
        rows = Member.objects.filter(pk__in=person.of(Member))
        if person.user is not None:
            rows = rows | Member.objects.filter(user=person.user)
        for member in rows.select_related("user"):
            person.add(member)
            person.subjects.add(member.public_id)
            person.called(member.name)
            person.reached_at(member.phone)
            if member.nik:
                person.niks.add(member.nik)
            person.documents.add(member.number)
            if person.user is None:
                person.user = member.user
        slips = Deposit.objects.filter(book__member__in=person.of(Member))
        payouts = Withdrawal.objects.filter(book__member__in=person.of(Member))
        person.documents |= {*slips.values_list("number", flat=True), *payouts.values_list("number", flat=True)}

    def claims(self, number: str, person: Person) -> bool:
        others = Member.objects.filter(phone_index__in=indexes_of(number))
        return others.exclude(pk__in=person.of(Member)).exists()

    def shut(self, person: Person) -> None:
        for member in Member.objects.filter(pk__in=person.of(Member)).order_by("pk"):
            locked = lock_member(member)
            give_up_pickups(member=locked, by="system:erasure", reason=GONE)
            lock_books_of(locked)
            if locked.state == MemberState.ACTIVE:
                move(locked, "close", by="system:erasure")

    def hindrances(self, person: Person) -> Iterable[str]:
        for member in Member.objects.filter(pk__in=person.of(Member)):
            rows = books_of(member)
            if held := sum(row.holds for row in rows):
                yield _("The savings book of %(number)s holds %(amount)s: have it paid out or spend it.") % {
                    "number": member.number,
                    "amount": rupiah_text(held),
                }
            if any(row.reserved for row in rows):
                yield _("A payout of the savings book of %(number)s is still waiting.") % {"number": member.number}

    def copy(self, person: Person) -> dict[str, Any]:
        ids = person.of(Member)
        fields = (
            "number", "kind", "name", "phone", "nik", "unit__name", "rw", "rt", "address", "state", "consent_version",
            "consent_at", "joined_at",
        )  # fmt: skip
        lines = DepositLine.objects.filter(deposit__book__member__in=ids).order_by("pk")
        payouts = Withdrawal.objects.filter(book__member__in=ids).order_by("pk")
        return {
            "members": list(Member.objects.filter(pk__in=ids).values(*fields)),
            "slips": list(
                lines.values("deposit__number", "deposit__at", "deposit__state", "name", "quantity", "price", "value")
            ),
            "pickups": list(
                PickupRequest.objects.filter(member__in=ids)
                .order_by("pk")
                .values("number", "day", "rw", "rt", "address", "load", "groups", "note", "state", "reason", "at")
            ),
            "payouts": list(payouts.values("number", "way", "amount", "state", "bank", "account_end", "at")),
        }

    def erase(self, person: Person) -> None:
        for member in Member.objects.filter(pk__in=person.of(Member)):
            member.name, member.phone, member.nik = person.pseudonym, "", ""
            member.rw, member.rt, member.address = None, None, ""
            member.card, member.pin = new_card(), ""
            member.save(update_fields=["name", "phone", "nik", "rw", "rt", "address", "card", "pin"])
        pickups = PickupRequest.objects.filter(member__in=person.of(Member))
        pickups.update(rw=None, rt=None, address=GONE, note="", reason="")
        payouts = Withdrawal.objects.filter(book__member__in=person.of(Member), way=Way.TRANSFER)
        payouts.update(bank=GONE, account_end="0000", bank_reference="")
