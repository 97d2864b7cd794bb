"""The recount: what the lines say against what the accounts say."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, F, Q, Sum

from tenant_apps.ledger.models import Account, JournalEntry, JournalLine, LedgerProof

# More than somebody reads; a hundred say as well as all that something is badly wrong.
MOST_DIFFERENCES = 100
# A year and a month of nights.
KEPT = 400

Difference = dict[str, str | int]


def prove_ledger() -> LedgerProof:
    """Every balance is counted anew from the lines, and what was found is kept.

    Each comparison is one statement, so that money booked meanwhile is on both of its sides.
    Writes:  a proof; proofs older than a year go.
    """
    with transaction.atomic():
        differences = find_differences()
        proof = LedgerProof.objects.create(
            entries=JournalEntry.objects.count(),
            lines=JournalLine.objects.count(),
            accounts=Account.objects.count(),
            differences=differences,
            ok=not differences,
        )
        LedgerProof.objects.filter(pk__lte=proof.pk - KEPT).delete()
    return proof


def find_differences() -> list[Difference]:
    """What a proof would find now, MOST_DIFFERENCES at most. Keeps nothing."""
    return [*_balances(), *_entries(), *_sum_of_all(), *_missing()][:MOST_DIFFERENCES]


def _balances() -> list[Difference]:
    """Accounts whose kept balance is not the sum of their lines, or is on the side where it must never be."""
    rows = Account.objects.annotate(counted=Sum("lines__amount", default=0)).exclude(balance=F("counted"))
    found = rows.order_by("code").values_list("code", "balance", "counted")[:MOST_DIFFERENCES]
    return [{"what": "balance", "code": code, "kept": kept, "counted": int(counted)} for code, kept, counted in found]


def _entries() -> list[Difference]:
    """Entries whose lines do not sum to zero, or are fewer than two."""
    rows = JournalEntry.objects.annotate(total=Sum("lines__amount", default=0), count=Count("lines"))
    found = rows.filter(~Q(total=0) | Q(count__lt=2)).order_by("pk").values_list("key", "total")[:MOST_DIFFERENCES]
    return [{"what": "entry", "code": key, "kept": 0, "counted": int(total)} for key, total in found]


def _sum_of_all() -> list[Difference]:
    """The trial balance: all accounts together are zero."""
    total = int(Account.objects.aggregate(total=Sum("balance", default=0))["total"])
    return [{"what": "trial_balance", "code": "", "kept": total, "counted": 0}] if total else []


def _missing() -> list[Difference]:
    """Fewer entries than the proof before counted: entries never go."""
    last = LedgerProof.objects.order_by("-pk").first()
    now = JournalEntry.objects.count()
    if last is None or now >= last.entries:
        return []
    return [{"what": "entries", "code": "", "kept": last.entries, "counted": now}]
