"""What the ledger offers to the platform: a proof that a restored ledger is the one that was saved."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Sum

from tenant_apps.ledger.models import Account, JournalEntry, JournalLine
from tenants.backup.hooks import Proof, region_proof


@region_proof("ledger")
def ledger_proof() -> Proof:
    """How many entries and lines there are, what the debits come to in rupiah, and one digest over all of it in order."""
    digest = hashlib.sha256()
    lines = (
        JournalLine.objects.order_by("entry_id", "pk")
        .values_list(
            "entry_id", "entry__key", "entry__by", "entry__at", "entry__reverses__key", "account__code", "amount"
        )
        .iterator(chunk_size=5_000)
    )
    count = 0
    for entry, key, by, at, reverses, account, amount in lines:
        digest.update(json.dumps([entry, key, by, at.isoformat(), reverses, account, amount]).encode())
        count += 1
    balances = Account.objects.order_by("code").values_list("code", "balance")
    digest.update(json.dumps([list(row) for row in balances]).encode())
    debits = JournalLine.objects.filter(amount__gt=0).aggregate(total=Sum("amount", default=0))["total"]
    return {
        "entries": JournalEntry.objects.count(),
        "lines": count,
        "debits": int(debits),
        "sha256": digest.hexdigest(),
    }
