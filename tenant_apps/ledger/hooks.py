"""What the ledger offers to the platform: a proof that a restored ledger is the one that was saved, and what is owed to people."""

from __future__ import annotations

import hashlib
import json

from django.db.models import Sum

from tenant_apps.ledger.books import BOOKS, book_of
from tenant_apps.ledger.models import Account, JournalEntry, JournalLine, LedgerProof
from tenants.backup.hooks import Proof, region_proof
from tenants.hooks import region_status
from tenants.lifecycle.hooks import Owed, owed_to_people


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


# Money of people and shops that lies with the region; what businesses owe each other is theirs to settle.
PEOPLES_MONEY = (
    "citizen:balance",
    "region:held",
    "savings:book",
    "savings:reserved",
    "warung:held",
    "warung:payable",
    "waste:committee",
)


@owed_to_people("ledger")
def owed() -> list[Owed]:
    """Rupiah that people have with the region, by book."""
    wanted = {id(BOOKS[name]): name for name in PEOPLES_MONEY}
    amounts = dict.fromkeys(PEOPLES_MONEY, 0)
    accounts = dict.fromkeys(PEOPLES_MONEY, 0)
    for code, balance in Account.objects.filter(balance__lt=0).values_list("code", "balance").iterator():
        name = wanted.get(id(book_of(code)))
        if name is not None:
            amounts[name] -= balance
            accounts[name] += 1
    return [Owed(str(BOOKS[name].label), amounts[name], accounts[name]) for name in PEOPLES_MONEY if amounts[name]]
