"""Accounts by who may see them, statements with their running balance, the trial balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db import connection, transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import Http404

from tenant_apps.ledger.models import Account, AccountKind, JournalLine, LedgerProof
from tenant_apps.warungs.models import Warung
from tenants.context import current_region
from tenants.identity.models import User

A_PAGE = 25
# What a sheet for the printer holds at most; a longer period is narrowed or exported.
A_PRINT = 1_000
A_PIECE = 2_000


def balance_of_citizen(user: User) -> int:
    """What the region owes this person, in whole rupiah; 0 for one who never had money here."""
    account = account_of(user)
    return 0 if account is None else account.amount


def account_of(user: User) -> Account | None:
    """The person's own balance account. None until money first came: looking opens nothing."""
    return Account.objects.filter(code=f"citizen:{user.pk}:balance").first()


def amounts_of(codes: Iterable[str]) -> dict[str, int]:
    """Balances by code as their owners read them, in rupiah; 0 for an account that nobody opened yet. One query."""
    wanted = list(codes)
    found = {account.code: account.amount for account in Account.objects.filter(code__in=wanted)}
    return {code: found.get(code, 0) for code in wanted}


def accounts_of(warung: Warung) -> QuerySet[Account]:
    """A warung's accounts, in the order of their codes."""
    return Account.objects.filter(warung=warung).order_by("code")


def account_of_theirs(warung: Warung, public_id: UUID) -> Account:
    """The access door of a warung's owner. Another's and not there answer alike.

    Raises:  Http404.
    """
    return _found(accounts_of(warung).filter(public_id=public_id).first())


def account_for_office(public_id: UUID) -> Account:
    """Any account of the region, for the Satker and the region's admins.

    Raises:  Http404.
    """
    return _found(Account.objects.filter(public_id=public_id).first())


def accounts_with(words: str, kind: str = "") -> QuerySet[Account]:
    """Accounts whose code or name has these words, of one kind if asked."""
    found = Account.objects.order_by("code")
    for word in words.split():
        found = found.filter(Q(code__icontains=word) | Q(name__icontains=word))
    return found.filter(kind=kind) if kind in AccountKind.values else found


@dataclass(frozen=True)
class Period:
    """Days from `since` to `until`, both included, in the region's time zone; None is open on that side."""

    since: date | None = None
    until: date | None = None

    def lines(self) -> Q:
        """The lines booked in the period."""
        return (Q(entry__at__gte=_midnight(self.since)) if self.since else Q()) & (
            Q(entry__at__lt=_midnight(self.until + timedelta(days=1))) if self.until else Q()
        )

    def later_lines(self) -> Q | None:
        """The lines booked after it; None when nothing can be."""
        return Q(entry__at__gte=_midnight(self.until + timedelta(days=1))) if self.until else None


@dataclass(frozen=True)
class Movement:
    """A line as the owner of the account reads it: what came, what went, what there was then."""

    at: datetime
    text: str
    amount: int
    balance: int
    reference: str
    is_reversal: bool

    @property
    def came(self) -> int | None:
        return self.amount if self.amount > 0 else None

    @property
    def went(self) -> int | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class Statement:
    """An account over a period, all seen at one moment; `newest` is the last line that there was."""

    account: Account
    period: Period
    opening: int
    closing: int
    came: int
    went: int
    count: int
    newest: int


def statement_of(account: Account, period: Period) -> Statement:
    """Opening and closing balance, and what came and went between, from one statement of the database."""
    sign = AccountKind(account.kind).sign
    # A subquery counts within one account only: without the group there would be no row for an account without lines.
    mine = JournalLine.objects.filter(account=OuterRef("pk")).order_by().values("account")
    inside, later = mine.filter(period.lines()), period.later_lines()
    more, less = Sum("amount", filter=Q(amount__gt=0)), Sum("amount", filter=Q(amount__lt=0))
    row = (
        Account.objects.filter(pk=account.pk)
        .annotate(
            more=Coalesce(Subquery(inside.annotate(n=more).values("n")), 0),
            less=Coalesce(Subquery(inside.annotate(n=less).values("n")), 0),
            count=Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0),
            newest=Coalesce(Subquery(mine.annotate(n=Max("pk")).values("n")), 0),
            **({} if later is None else {"later": Coalesce(Subquery(mine.filter(later).annotate(n=Sum("amount")).values("n")), 0)}),
        )
        .values()
        .get()
    )  # fmt: skip
    later_sum: Any = row.get("later", 0)
    closing = int(row["balance"]) - int(later_sum)
    more_, less_ = int(row["more"]), int(row["less"])
    came, went = (more_, -less_) if sign > 0 else (-less_, more_)
    return Statement(
        account=account,
        period=period,
        opening=(closing - more_ - less_) * sign,
        closing=closing * sign,
        came=came,
        went=went,
        count=row["count"],
        newest=row["newest"],
    )


def page_of(statement: Statement, number: Any) -> tuple[Page[JournalLine], list[Movement]]:
    """A page of the statement, newest first, each movement with the balance after it."""
    lines = _lines_of(statement).order_by("-pk")
    pages = Paginator(lines, A_PAGE)
    # Counted already; a second count could see one line more.
    pages.__dict__["count"] = statement.count
    page = pages.get_page(number)
    newer = 0
    if page.number > 1:
        newer = lines[: page.start_index() - 1].aggregate(total=Sum("amount", default=0))["total"]
    sign = AccountKind(statement.account.kind).sign
    balance, movements = statement.closing - int(newer) * sign, []
    for line in page:
        movements.append(_movement(line, balance, sign))
        balance -= line.amount * sign
    return page, movements


def oldest_first(statement: Statement, at_most: int) -> list[Movement]:
    """The movements in the order in which they happened."""
    sign = AccountKind(statement.account.kind).sign
    return list(_running(_lines_of(statement).order_by("pk")[:at_most], statement.opening, sign))


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is seen as it was at one moment, however much is booked meanwhile.

    Inside somebody's transaction it is what that transaction sees.
    """
    begins = not connection.in_atomic_block
    if begins:
        # The connection is pointed at its region by a query, and none may come before the isolation.
        connection.cursor().close()
    with transaction.atomic():
        if begins:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def all_movements(statement: Statement) -> Iterator[Movement]:
    """All movements, oldest first, from one cursor that the server keeps: a long book fills no memory.

    For use inside a transaction, such as `one_moment`.
    """
    sign = AccountKind(statement.account.kind).sign
    balance = statement.opening
    told = _lines_of(statement).values_list(
        "amount", "entry__at", "entry__text", "entry__public_id", "entry__reverses_id"
    )
    for amount, at, text, reference, reverses in told.iterator(chunk_size=A_PIECE):
        balance += amount * sign
        yield Movement(at, text, amount * sign, balance, str(reference), is_reversal=reverses is not None)


@dataclass(frozen=True)
class TrialRow:
    """One kind of account in the trial balance."""

    kind: AccountKind
    accounts: int
    debit: int
    credit: int


@dataclass(frozen=True)
class TrialBalance:
    """All accounts by kind. `difference` is zero, or something is badly wrong."""

    rows: list[TrialRow]
    debit: int
    credit: int

    @property
    def difference(self) -> int:
        return self.debit - self.credit


def trial_balance() -> TrialBalance:
    """Debits and credits of all accounts, in one query."""
    found = Account.objects.order_by().values("kind").annotate(
        accounts=Count("pk"),
        debit=Sum("balance", filter=Q(balance__gt=0), default=0),
        credit=Sum("balance", filter=Q(balance__lt=0), default=0),
    )  # fmt: skip
    by_kind = {row["kind"]: row for row in found}
    rows = [
        TrialRow(kind, by_kind[kind]["accounts"], int(by_kind[kind]["debit"]), -int(by_kind[kind]["credit"]))
        for kind in AccountKind
        if kind in by_kind
    ]
    return TrialBalance(rows, sum(row.debit for row in rows), sum(row.credit for row in rows))


def newest_proofs(count: int = 7) -> list[LedgerProof]:
    """The last recounts, newest first."""
    return list(LedgerProof.objects.order_by("-pk")[:count])


def _lines_of(statement: Statement) -> QuerySet[JournalLine]:
    return (
        JournalLine.objects.filter(statement.period.lines(), account=statement.account, pk__lte=statement.newest)
        .select_related("entry")
        .order_by("pk")
    )


def _running(lines: Iterable[JournalLine], balance: int, sign: int) -> Iterator[Movement]:
    for line in lines:
        balance += line.amount * sign
        yield _movement(line, balance, sign)


def _movement(line: JournalLine, balance: int, sign: int) -> Movement:
    entry = line.entry
    return Movement(
        at=entry.at,
        text=entry.text,
        amount=line.amount * sign,
        balance=balance,
        reference=str(entry.public_id),
        is_reversal=entry.reverses_id is not None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(current_region().time_zone))


def _found(account: Account | None) -> Account:
    if account is None:
        raise Http404("no such account of theirs")
    return account
