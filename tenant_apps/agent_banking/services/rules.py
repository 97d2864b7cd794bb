"""Kinds, fees, limits and tolerance: what holds from a day on. Nothing that was decided is changed; a newer row holds instead."""

from __future__ import annotations

import csv
import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.errors import BadEntry
from tenant_apps.agent_banking.models import (
    Does,
    FeeRule,
    FeeWay,
    LimitRule,
    LimitScope,
    ToleranceRule,
    TransactionKind,
)
from tenants.context import current_region
from tenants.kernel import clock

MOST_FEE = 1_000_000
MOST_AMOUNT = 1_000_000_000
USUAL_KINDS = Path(__file__).parents[1] / "data" / "kinds.csv"
# Where a region begins; its agreement with the bank says what is right for it.
USUAL_TOLERANCE = 5_000
USUAL_LIMITS: tuple[tuple[LimitScope, int], ...] = (
    (LimitScope.TRANSACTION, 10_000_000),
    (LimitScope.CUSTOMER_DAY, 25_000_000),
    (LimitScope.CUSTOMER_MONTH, 100_000_000),
)
_CODE = re.compile(r"[a-z][a-z0-9_]{2,39}")


def seed_rules(*, by: str) -> int:
    """The region has the usual kinds with their fees, limits and a tolerance; how many kinds are new.

    What is there stays as it is; seeding again changes nothing.
    """
    with USUAL_KINDS.open(encoding="utf-8", newline="") as table:
        return apply_rules({"kinds": list(csv.DictReader(table))}, by=by)


def apply_rules(data: dict[str, Any], *, by: str) -> int:
    """Kinds with fees, limits and tolerance as a blueprint tells them; what is there stays as it is."""
    now = clock.now()
    with transaction.atomic():
        fresh = 0
        for place, row in enumerate(data.get("kinds", ())):
            kind, new = TransactionKind.objects.get_or_create(
                code=row["code"],
                defaults={
                    "name": row["name"],
                    "does": Does(row["does"]),
                    "fee_way": FeeWay(row.get("fee_way") or FeeWay.ON_TOP),
                    "customer_label": row.get("customer_label", ""),
                    "note": row.get("note", ""),
                    "is_offered": bool(row.get("is_offered", True)),
                    "order": place,
                },
            )
            fresh += new
            if not kind.fees.exists():
                FeeRule.objects.create(
                    kind=kind,
                    valid_from=now,
                    customer_fee=int(row["customer_fee"]),
                    bank_share=int(row.get("bank_share") or 0),
                    commission=int(row.get("commission") or 0),
                    by=by,
                )
        if not LimitRule.objects.exists():
            kinds = dict(TransactionKind.objects.values_list("code", "pk"))
            told = data.get("limits") or [{"scope": scope, "amount": amount} for scope, amount in USUAL_LIMITS]
            LimitRule.objects.bulk_create(
                LimitRule(
                    kind_id=kinds.get(row.get("kind")),
                    scope=LimitScope(row["scope"]),
                    amount=row["amount"],
                    valid_from=now,
                    by=by,
                )
                for row in told
            )
        if not ToleranceRule.objects.exists():
            ToleranceRule.objects.create(valid_from=now, amount=data.get("tolerance", USUAL_TOLERANCE), by=by)
    return fresh


def add_kind(
    *,
    code: str,
    name: str,
    does: Does,
    fee_way: FeeWay,
    customer_fee: int,
    bank_share: int,
    commission: int,
    customer_label: str,
    by: str,
) -> TransactionKind:
    """A new kind with its first fee.

    Raises:  BadEntry for a code that is taken or cannot be, and for a fee that cannot be.
    """
    code, name = code.strip().lower(), " ".join(name.split())[:80]
    if not _CODE.fullmatch(code):
        raise BadEntry(_("Write a code of small letters, digits and _, such as bayar_pdam."))
    if not name:
        raise BadEntry(_("Write a name."))
    if fee_way != FeeWay.ON_TOP and does != Does.CASH_OUT:
        raise BadEntry(_("Only where cash is handed out can the fee be kept from it or come from the account."))
    with transaction.atomic():
        kind, fresh = TransactionKind.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "does": does,
                "fee_way": fee_way,
                "customer_label": " ".join(customer_label.split())[:60],
            },
        )
        if not fresh:
            raise BadEntry(_("There is a kind with this code. Choose another."))
        set_fee(
            kind=kind, customer_fee=customer_fee, bank_share=bank_share, commission=commission, valid_from=None, by=by
        )
    return kind


def change_kind(*, kind: TransactionKind, name: str, is_offered: bool) -> TransactionKind:
    """Its name, and whether agents may record it from now on. Receipts name the kind as it is called now.

    Raises:  BadEntry without a name.
    """
    name = " ".join(name.split())[:80]
    if not name:
        raise BadEntry(_("Write a name."))
    kind.name, kind.is_offered = name, is_offered
    kind.save(update_fields=["name", "is_offered"])
    return kind


def set_fee(
    *,
    kind: TransactionKind,
    customer_fee: int,
    bank_share: int,
    commission: int,
    valid_from: date | None,
    by: str,
) -> FeeRule:
    """From that day on a transaction of this kind costs so much; without a day, from now on. Earlier receipts stay.

    Raises:  BadEntry.
    """
    if not 0 <= customer_fee <= MOST_FEE or not 0 <= commission <= MOST_FEE:
        raise BadEntry(_("Write a fee in whole rupiah."))
    if not 0 <= bank_share <= customer_fee:
        raise BadEntry(_("The bank's share is a part of the customer fee: it cannot be more."))
    if kind.does == Does.REFERRAL and (customer_fee or commission):
        raise BadEntry(_("A referral moves no money, so it has no fee."))
    return FeeRule.objects.create(
        kind=kind,
        customer_fee=customer_fee,
        bank_share=bank_share,
        commission=commission,
        valid_from=_beginning(valid_from),
        by=by,
    )


def set_limit(
    *, kind: TransactionKind | None, scope: LimitScope, amount: int | None, valid_from: date | None, by: str
) -> LimitRule:
    """At most so much from that day on; without an amount there is no such limit any more.

    Raises:  BadEntry.
    """
    if amount is not None and not 0 <= amount <= MOST_AMOUNT * 100:
        raise BadEntry(_("Write a limit in whole rupiah."))
    return LimitRule.objects.create(kind=kind, scope=scope, amount=amount, valid_from=_beginning(valid_from), by=by)


def set_tolerance(*, amount: int, valid_from: date | None, by: str) -> ToleranceRule:
    """Up to this difference the owner's own reason is enough, from that day on.

    Raises:  BadEntry.
    """
    if not 0 <= amount <= MOST_AMOUNT:
        raise BadEntry(_("Write an amount in whole rupiah."))
    return ToleranceRule.objects.create(amount=amount, valid_from=_beginning(valid_from), by=by)


def _beginning(day: date | None) -> datetime:
    """The first moment of the day in the region; now for today and for none.

    Raises:  BadEntry for a day that has gone: what held then held.
    """
    now, zone = clock.now(), ZoneInfo(current_region().time_zone)
    today = now.astimezone(zone).date()
    if day is None or day == today:
        return now
    if day < today:
        raise BadEntry(_("Choose today or a later day: what held before stays as it was."))
    return datetime.combine(day, time(0), tzinfo=zone)
