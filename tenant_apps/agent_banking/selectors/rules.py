"""Which kinds, fees, limits and tolerance hold at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import Http404

from tenant_apps.agent_banking.models import Does, FeeRule, LimitRule, LimitScope, ToleranceRule, TransactionKind

# Where nobody has said anything: every difference is the Satker's to approve.
NO_TOLERANCE = 0


def kinds_offered() -> QuerySet[TransactionKind]:
    """What an agent may record, referrals aside."""
    return TransactionKind.objects.filter(is_offered=True).exclude(does=Does.REFERRAL)


def offers_referrals() -> bool:
    return TransactionKind.objects.filter(is_offered=True, does=Does.REFERRAL).exists()


def kind_offered(code: str) -> TransactionKind:
    """Raises Http404."""
    found = kinds_offered().filter(code=code).first()
    if found is None:
        raise Http404("no such kind")
    return found


def kind_called(code: str) -> TransactionKind:
    """Raises Http404."""
    found = TransactionKind.objects.filter(code=code).first()
    if found is None:
        raise Http404("no such kind")
    return found


def fee_of(kind: TransactionKind, moment: datetime) -> FeeRule | None:
    """The newest that holds; None while nobody has said what it costs."""
    return FeeRule.objects.filter(kind=kind, valid_from__lte=moment).order_by("-valid_from", "-pk").first()


def limits_of(kind: TransactionKind, moment: datetime) -> list[LimitRule]:
    """The newest of each scope, of the kind itself and of all kinds together, that names an amount."""
    rows = (
        LimitRule.objects.filter(Q(kind=kind) | Q(kind=None), valid_from__lte=moment)
        .order_by("kind_id", "scope", "-valid_from", "-pk")
        .distinct("kind_id", "scope")
    )
    order = list(LimitScope)
    found = [row for row in rows if row.amount is not None]
    return sorted(found, key=lambda row: (order.index(LimitScope(row.scope)), row.kind_id is None))


def tolerance_at(moment: datetime) -> int:
    """Rupiah up to which the owner's own reason is enough."""
    found = ToleranceRule.objects.filter(valid_from__lte=moment).order_by("-valid_from", "-pk").first()
    return NO_TOLERANCE if found is None else found.amount


@dataclass(frozen=True)
class KindRow:
    """A kind with what it costs now, and what is decided for later."""

    kind: TransactionKind
    fee: FeeRule | None
    later: list[FeeRule]


def kind_rows(moment: datetime) -> list[KindRow]:
    """Every kind, for the Satker; two queries."""
    kinds = list(TransactionKind.objects.prefetch_related("fees"))
    rows = []
    for kind in kinds:
        # Newest first, as the model orders them.
        fees = list(kind.fees.all())
        held = next((fee for fee in fees if fee.valid_from <= moment), None)
        rows.append(KindRow(kind, held, [fee for fee in reversed(fees) if fee.valid_from > moment]))
    return rows


@dataclass(frozen=True)
class LimitRow:
    """A limit that holds or will hold."""

    rule: LimitRule
    is_later: bool


def limit_rows(moment: datetime) -> list[LimitRow]:
    """Each limit that holds now, and those decided for later."""
    rules = LimitRule.objects.select_related("kind")
    now = (
        rules.filter(valid_from__lte=moment)
        .order_by("kind_id", "scope", "-valid_from", "-pk")
        .distinct("kind_id", "scope")
    )
    held = [LimitRow(rule, False) for rule in now if rule.amount is not None]
    later = [LimitRow(rule, True) for rule in rules.filter(valid_from__gt=moment).order_by("valid_from", "pk")]
    return held + later


def rules_are_there() -> bool:
    """Whether the region has any kind to record."""
    return TransactionKind.objects.exists()
