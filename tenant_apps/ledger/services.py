"""The one way to book money: balanced, append-only entries in whole rupiah."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenant_apps.ledger.errors import KeyReused, Overdrawn, Unbalanced
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung


@dataclass(frozen=True)
class Posting:
    """One side of an entry: rupiah on an account, debit positive, credit negative."""

    account: Account
    amount: int


def account_of_warung(warung: Warung, book: str, kind: AccountKind) -> Account:
    """The warung's account `warung:<id>:<book>`, opened when first asked for. `book`: cash, sales, delivery, purchases."""
    account, _fresh = Account.objects.get_or_create(
        code=f"warung:{warung.pk}:{book}",
        defaults={"name": f"{warung.name}: {book}"[:160], "kind": kind, "warung": warung},
    )
    return account


def account_of_satker(satker: Satker, book: str, kind: AccountKind) -> Account:
    """The Satker's account `satker:<book>`, opened when first asked for. `book`: cash, sales."""
    account, _fresh = Account.objects.get_or_create(
        code=f"satker:{book}", defaults={"name": f"{satker.name}: {book}"[:160], "kind": kind, "satker": satker}
    )
    return account


def post(
    *, key: str, text: str, postings: Iterable[Posting], by: str, reverses: JournalEntry | None = None
) -> JournalEntry:
    """The entry is booked, once for its `key`: booking it again gives the same entry.

    Raises:  Unbalanced unless two lines or more sum to zero; Overdrawn; KeyReused when the key has an entry of other lines,
             or when `reverses` was reversed before.
    Writes:  entry, lines, balances. Locks the accounts in the order of their codes.
    """
    lines = [one for one in postings if one.amount]
    if len(lines) < 2 or sum(one.amount for one in lines) != 0:
        raise Unbalanced(_("This entry does not balance."))
    with transaction.atomic():
        wanted = {one.account.pk for one in lines}
        accounts = {a.pk: a for a in Account.objects.select_for_update().filter(pk__in=wanted).order_by("code")}
        # Asked under the locks: the same key names the same accounts, so two taps at once look one after the other.
        before = JournalEntry.objects.filter(key=key).first()
        if before is not None:
            _must_be_same(before, lines)
            return before
        try:
            with transaction.atomic():
                entry = JournalEntry.objects.create(key=key, text=text[:240], by=by, reverses=reverses)
        except IntegrityError:
            # Somebody books this key on other accounts, whose locks are not ours; or the entry has been reversed before.
            first = JournalEntry.objects.filter(key=key).first()
            if first is None and reverses is not None:
                raise KeyReused(_("This has been reversed before.")) from None
            if first is not None:
                _must_be_same(first, lines)
            raise
        JournalLine.objects.bulk_create(
            [JournalLine(entry=entry, account_id=one.account.pk, amount=one.amount) for one in lines]
        )
        for one in lines:
            accounts[one.account.pk].balance += one.amount
        try:
            with transaction.atomic():
                Account.objects.bulk_update(accounts.values(), ["balance"])
        except IntegrityError as refused:
            if "account_not_overdrawn" not in str(refused):
                raise
            raise Overdrawn(_("There is not enough money for this.")) from refused
    return entry


def reverse(*, entry: JournalEntry, key: str, text: str, by: str) -> JournalEntry:
    """What the entry did is undone by a second one; reversing twice with the same key changes nothing.

    Raises:  KeyReused when it was reversed with another key; Overdrawn.
    """
    lines = [Posting(line.account, -line.amount) for line in entry.lines.select_related("account")]
    return post(key=key, text=text, postings=lines, by=by, reverses=entry)


def unproven_accounts() -> list[str]:
    """Codes of accounts whose kept balance is not the sum of their lines. Empty, or something is badly wrong."""
    rows = Account.objects.annotate(proof=Sum("lines__amount", default=0))
    return [row.code for row in rows if row.balance != row.proof]


def _must_be_same(entry: JournalEntry, lines: list[Posting]) -> None:
    booked = sorted(entry.lines.values_list("account_id", "amount"))
    if booked != sorted((one.account.pk, one.amount) for one in lines):
        raise KeyReused(_("This was booked before with other amounts."))
