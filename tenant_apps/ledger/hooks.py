"""What the ledger offers to the platform: a proof that a restored ledger is the one that was saved."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Sum

from tenant_apps.ledger.models import Account, JournalEntry, JournalLine, LedgerProof
from tenants.backup.hooks import Proof, region_proof
from tenants.hooks import region_status


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


@region_status("ledger")
def measure() -> dict[str, int | str | None]:
    """Entries in the books, and how many differences the newest proof found: anything but none needs an operator."""
    proof = LedgerProof.objects.order_by("-pk").first()
    return {
        "ledger_entries": proof.entries if proof else None,
        "ledger_differences": len(proof.differences) if proof else None,
    }
