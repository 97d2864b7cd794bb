"""Warungs pay the Satker what they owe for goods of cycles, as a whole or in parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.models import Account
from tenant_apps.ledger.services import Posting, account_of_satker, account_of_warung, hold, post
from tenant_apps.procurement.errors import BadPayment
from tenant_apps.procurement.models import HandOver, PaidHow, WarungPayment
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered

# The book of the money that leaves or comes, on either side.
MONEY = {PaidHow.CASH: ("cash", "cash"), PaidHow.TRANSFER: ("bank", "bank")}


@dataclass(frozen=True)
class Paid:
    """So many rupiah of a warung."""

    warung: Warung
    amount: int


def take_payment(
    *,
    warung: Warung,
    key: UUID,
    amount: int,
    paid_on: date,
    by: str,
    how: str = PaidHow.CASH,
    reference: str = "",
    hand_over: HandOver | None = None,
) -> WarungPayment:
    """The warung paid, and owes so much less. The same key finds the same payment.

    Raises:  BadPayment for nothing, for more than it owes, or for a day that has not come.
    Writes:  payment; books on both sides.
    """
    with transaction.atomic():
        return _take([Paid(warung, amount)], [key], paid_on, by, how, reference, hand_over)[0]


def take_payments(
    *, key: UUID, paid: Sequence[Paid], paid_on: date, by: str, how: str = PaidHow.CASH, reference: str = ""
) -> list[WarungPayment]:
    """Several warungs paid at the desk: all of it is written down, or nothing. The same key finds the same payments.

    Raises:  BadPayment, naming the warung.
    Writes:  payments; books on both sides.
    """
    if not paid or len({one.warung.pk for one in paid}) != len(paid):
        raise BadPayment(_("Write down what somebody paid, once for each warung."))
    keys = [uuid5(key, str(one.warung.public_id)) for one in paid]
    with transaction.atomic():
        return _take(paid, keys, paid_on, by, how, reference, None)


def open_debts(warung: Warung) -> tuple[Account, Account]:
    """What the warung owes, in its own books and in the Satker's."""
    return account_of_warung(warung, "wholesale_debt"), account_of_warung(warung, "wholesale_owed")


def _take(
    paid: Sequence[Paid],
    keys: Sequence[UUID],
    paid_on: date,
    by: str,
    how: str,
    reference: str,
    hand_over: HandOver | None,
) -> list[WarungPayment]:
    if how not in PaidHow.values:
        raise BadPayment(_("Choose how it was paid."))
    if paid_on > clock.today(current_region().time_zone):
        raise BadPayment(_("That day has not come yet."))
    satker = the_satker()
    came, left = MONEY[PaidHow(how)]
    money = account_of_satker(satker, came)
    books = [(account_of_warung(one.warung, left), *open_debts(one.warung)) for one in paid]
    hold([money, *(account for row in books for account in row)])
    owed_now = dict(
        Account.objects.filter(pk__in=[owed.pk for _purse, _debt, owed in books]).values_list("pk", "balance")
    )
    before = {one.key: one for one in WarungPayment.objects.filter(key__in=keys)}
    found = []
    for one, key, (purse, debt, owed) in zip(paid, keys, books, strict=True):
        if key in before:
            found.append(before[key])
            continue
        if not 0 < one.amount <= owed_now[owed.pk]:
            raise BadPayment(
                _("%(warung)s owes %(owed)s; write down an amount up to that.")
                % {"warung": one.warung.name, "owed": rupiah_text(owed_now[owed.pk])},
                warung_id=one.warung.pk,
            )
        payment = save_numbered(
            WarungPayment(
                warung=one.warung,
                hand_over=hand_over,
                key=key,
                amount=one.amount,
                how=how,
                reference=reference.strip()[:60],
                paid_on=paid_on,
                by=by,
            )
        )
        post(
            key=payment.reference_of_books,
            text=_("Payment %(number)s to the Satker") % {"number": payment.number},
            postings=[
                Posting(money, one.amount),
                Posting(owed, -one.amount),
                Posting(debt, one.amount),
                Posting(purse, -one.amount),
            ],
            by=by,
        )
        found.append(payment)
    return found
