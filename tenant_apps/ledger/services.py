"""The one way to book money: balanced, append-only entries in whole rupiah.

A transaction that books several entries opens every account that it will need before the first of them, and holds them
(`hold`): an account that somebody else is just opening is waited for, and whoever waits should hold no money yet.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

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


def account_of_buyer(user: User, book: str = "advance") -> Account:
    """The Satker's cash with somebody who buys at the market, `buyer:<id>:<book>`."""
    return _opened(f"buyer:{user.pk}:{book}", name=str(user), user=user)


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


def account_of_agent(warung: Warung, book: str) -> Account:
    """An account of the warung as a bank's agent, `agent:<id>:<book>`: the owner reads it beside the warung's own."""
    return _opened(f"agent:{warung.pk}:{book}", name=f"{warung.name}: {book}", warung=warung)


def account_of_satker(
    satker: Satker, book: str, kind: AccountKind | None = None, no_overdraft: bool = False
) -> Account:
    """The Satker's account `satker:<book>`. `book`: cash, sales, purchases, received, freight."""
    return _opened(f"satker:{book}", name=f"{satker.name}: {book}", kind=kind, no_overdraft=no_overdraft, satker=satker)


def account_of_supplier(supplier: UUID, name: str) -> Account:
    """What the Satker owes a supplier, `supplier:<public id>:payable`; below zero it is owed by the supplier."""
    return _opened(f"supplier:{supplier}:payable", name=f"{name}: payable")


def account_of_savings(book_id: int, number: str, book: str = "book") -> Account:
    """A savings book's account `savings:<id>:<book>`. `book`: book, reserved. It is named by the book's number alone."""
    return _opened(f"savings:{book_id}:{book}", name=f"{number}: {book}")


def account_of_waste_unit(unit_id: int, name: str, book: str) -> Account:
    """An account of a unit of the waste bank, `waste:<id>:<book>`. `book`: stock, transit, cash, owed, committee, sales, …"""
    return _opened(f"waste:{unit_id}:{book}", name=f"{name}: {book}")


def post(
    *, key: str, text: str, postings: Iterable[Posting], by: str, reverses: JournalEntry | None = None
) -> JournalEntry:
    """The entry is booked, once for its `key`: booking it again gives the same entry.

    Raises:  Unbalanced unless two lines or more sum to zero, and for a reversal that is no mirror; Overdrawn; KeyReused when
             the key has an entry of other lines, or when `reverses` was reversed before.
    Writes:  entry, lines; the database adds them to the balances. Locks the accounts in the order of their codes.
    """
    lines = [one for one in postings if one.amount]
    if len(lines) < 2 or sum(one.amount for one in lines) != 0:
        raise Unbalanced(_("This entry does not balance."))
    with transaction.atomic():
        # Held before the key is looked up: the same key names the same accounts, so two taps at once look one after the other.
        hold(one.account for one in lines)
        before = JournalEntry.objects.filter(key=key).first()
        if before is not None:
            _must_be_same(before, lines, reverses)
            return before
        if reverses is not None and _booked(reverses) != _sides(lines, sign=-1):
            raise Unbalanced(_("A reversal takes back exactly what was booked."))
        try:
            with transaction.atomic():
                entry = JournalEntry.objects.create(key=key, text=text[:240], by=by, reverses=reverses)
                JournalLine.objects.bulk_create(
                    [JournalLine(entry=entry, account_id=one.account.pk, amount=one.amount) for one in lines]
                )
        except IntegrityError as refused:
            if "account_not_overdrawn" in str(refused):
                raise Overdrawn(_("There is not enough money for this.")) from refused
            # Somebody books this key on other accounts, whose locks are not ours; or the entry has been reversed before.
            first = JournalEntry.objects.filter(key=key).first()
            if first is not None:
                _must_be_same(first, lines, reverses)
            elif reverses is not None and JournalEntry.objects.filter(reverses=reverses).exists():
                raise KeyReused(_("This has been reversed before.")) from None
            raise
    return entry


def hold(accounts: Iterable[Account]) -> None:
    """These accounts are locked until the transaction ends, in the order of their codes.

    For a transaction that books several entries: locked one entry after the other, they would come out of that order.
    """
    wanted = {account.pk for account in accounts}
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("code").values_list("pk"))


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


def _sides(lines: Iterable[Posting], *, sign: int = 1) -> list[tuple[int, int]]:
    return sorted((one.account.pk, one.amount * sign) for one in lines)


def _booked(entry: JournalEntry) -> list[tuple[int, int]]:
    return sorted(entry.lines.values_list("account_id", "amount"))


def _must_be_same(entry: JournalEntry, lines: list[Posting], reverses: JournalEntry | None) -> None:
    if _booked(entry) != _sides(lines) or entry.reverses_id != (reverses and reverses.pk):
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
