"""The one way to book money: balanced, append-only entries in whole rupiah."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenant_apps.ledger.books import book_of
from tenant_apps.ledger.errors import KeyReused, Overdrawn, Unbalanced
from tenant_apps.ledger.models import Account, AccountKind, JournalEntry, JournalLine
from tenant_apps.satker.models import Satker
from tenant_apps.warungs.models import Warung
from tenants.identity.models import User


@dataclass(frozen=True)
class Posting:
    """One side of an entry: rupiah on an account, debit positive, credit negative."""

    account: Account
    amount: int


def account_of_citizen(user: User) -> Account:
    """The WARSA balance of a person, `citizen:<id>:balance`: what the region owes them, never overdrawn."""
    return _opened(f"citizen:{user.pk}:balance", name=str(user), user=user)


def account_of_courier(user: User, book: str = "cash") -> Account:
    """Cash that somebody carries and has not yet put into the drawer, `courier:<id>:<book>`."""
    return _opened(f"courier:{user.pk}:{book}", name=str(user), user=user)


def account_of_provider(name: str) -> Account:
    """What a payment provider owes the region, `provider:<name>`."""
    return _opened(f"provider:{name}", name=name)


def account_of_region(book: str, kind: AccountKind | None = None, no_overdraft: bool = False) -> Account:
    """The region's own account `region:<book>`. `book`: held, guarantee, rounding, fees."""
    return _opened(f"region:{book}", name=book, kind=kind, no_overdraft=no_overdraft)


def account_of_warung(
    warung: Warung, book: str, kind: AccountKind | None = None, no_overdraft: bool = False
) -> Account:
    """The warung's account `warung:<id>:<book>`. `book`: cash, qris, held, payable, claim, sales, …, `bon:<customer>`."""
    return _opened(
        f"warung:{warung.pk}:{book}",
        name=f"{warung.name}: {book}",
        kind=kind,
        no_overdraft=no_overdraft,
        warung=warung,
    )


def account_of_satker(
    satker: Satker, book: str, kind: AccountKind | None = None, no_overdraft: bool = False
) -> Account:
    """The Satker's account `satker:<book>`. `book`: cash, sales."""
    return _opened(f"satker:{book}", name=f"{satker.name}: {book}", kind=kind, no_overdraft=no_overdraft, satker=satker)


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


def _opened(
    code: str,
    *,
    name: str,
    kind: AccountKind | None = None,
    no_overdraft: bool = False,
    user: User | None = None,
    warung: Warung | None = None,
    satker: Satker | None = None,
) -> Account:
    """The account, opened when first asked for, of the kind that its book says; a book of no table needs a `kind`.

    Raises:  ValueError when the caller and the table of books do not agree: a defect of the caller.
    """
    book = book_of(code)
    if book is not None:
        if kind not in (None, book.kind):
            raise ValueError(f"{code} is {book.kind}, not {kind}")
        kind, no_overdraft = book.kind, book.no_overdraft
    if kind is None:
        raise ValueError(f"{code} is of no known book: name its kind")
    account, _fresh = Account.objects.get_or_create(
        code=code,
        defaults={
            "name": name[:160],
            "kind": kind,
            "no_overdraft": no_overdraft,
            "user": user,
            "warung": warung,
            "satker": satker,
        },
    )
    return account
