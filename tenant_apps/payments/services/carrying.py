"""Cash on its way: taken at the door, put into the drawer, counted at closing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenant_apps.ledger.services import Posting, account_of_courier, post
from tenant_apps.payments.accounts import Books
from tenant_apps.payments.locks import locked_all
from tenant_apps.payments.models import Payment, PaymentState
from tenant_apps.payments.selectors import carried_by
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.moves import move


def deposit_cash(*, courier: User, warung: Warung, by: str, payments: Iterable[Payment] | None = None) -> int:
    """What the courier carries for this warung lies in its drawer: all of it, or that of these payments. Returns rupiah.

    States:  COLLECTED -> DEPOSITED. Depositing twice changes nothing.
    Writes:  one journal entry per payment; history.
    """
    with transaction.atomic():
        rows = carried_by(courier, warung)
        if payments is not None:
            rows = rows.filter(pk__in=[one.pk for one in payments])
        total = 0
        for one in locked_all(rows.values_list("pk", flat=True)):
            if one.deposited_at is not None or one.collector_id != courier.pk:
                continue
            post(
                key=f"{one.reference}:deposited",
                text=_("Cash for %(number)s put into the drawer") % {"number": one.number},
                postings=[
                    Posting(Books(one).of_warung("cash"), one.cash),
                    Posting(account_of_courier(courier), -one.cash),
                ],
                by=by,
            )
            one.deposited_at = clock.now()
            one.save(update_fields=["deposited_at"])
            if one.state == PaymentState.COLLECTED:
                move(one, "deposit", by=by)
            total += one.cash
    return total


def reconcile_until(*, warung: Warung, at: datetime, by: str) -> int:
    """The drawer was counted: the cash that lay there at that moment is reconciled. Returns how many payments.

    States:  DEPOSITED -> RECONCILED. Doing it twice changes nothing.
    Writes:  history.
    """
    with transaction.atomic():
        lying = Payment.objects.filter(warung=warung, reconciled_at=None, deposited_at__lte=at).filter(
            Q(cash__gt=0) | Q(state=PaymentState.DEPOSITED)
        )
        rows = [one for one in locked_all(lying.values_list("pk", flat=True)) if one.reconciled_at is None]
        for one in rows:
            one.reconciled_at = clock.now()
            one.save(update_fields=["reconciled_at"])
            if one.state == PaymentState.DEPOSITED:
                move(one, "reconcile", by=by)
    return len(rows)
