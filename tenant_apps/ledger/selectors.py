"""Accounts by who may see them, statements with their running balance, the trial balance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
    # Whose line it is, where a statement has several accounts.
    account_id: int = 0

    @property
    def came(self) -> int | None:
        return self.amount if self.amount > 0 else None

    @property
    def went(self) -> int | None:
        return -self.amount if self.amount < 0 else None


@dataclass(frozen=True)
class Statement:
    """An account, or several as if they were one, over a period, all seen at one moment; `newest` is the last line then."""

    accounts: tuple[Account, ...]
    period: Period
    opening: int
    closing: int
    came: int
    went: int
    count: int
    newest: int

    @property
    def account(self) -> Account:
        """The one, or the first of several."""
        return self.accounts[0]

    @property
    def sign(self) -> int:
        return AccountKind(self.account.kind).sign


def statement_of(account: Account | Sequence[Account], period: Period) -> Statement:
    """Opening and closing balance, and what came and went between, from one statement of the database.

    Raises:  ValueError for accounts that do not live on the same side.
    """
    accounts = (account,) if isinstance(account, Account) else tuple(account)
    (sign,) = {AccountKind(one.kind).sign for one in accounts}
    # A subquery counts within one account only: without the group there would be no row for an account without lines.
    mine = JournalLine.objects.filter(account=OuterRef("pk")).order_by().values("account")
    inside, later = mine.filter(period.lines()), period.later_lines()
    more, less = Sum("amount", filter=Q(amount__gt=0)), Sum("amount", filter=Q(amount__lt=0))
    found: Any = (
        Account.objects.filter(pk__in=[one.pk for one in accounts])
        .annotate(
            more=Coalesce(Subquery(inside.annotate(n=more).values("n")), 0),
            less=Coalesce(Subquery(inside.annotate(n=less).values("n")), 0),
            count=Coalesce(Subquery(inside.annotate(n=Count("pk")).values("n")), 0),
            newest=Coalesce(Subquery(mine.annotate(n=Max("pk")).values("n")), 0),
            **({} if later is None else {"later": Coalesce(Subquery(mine.filter(later).annotate(n=Sum("amount")).values("n")), 0)}),
        )
        .values()
    )  # fmt: skip
    found = list(found)
    closing = sum(int(row["balance"]) - int(row.get("later", 0)) for row in found)
    more_, less_ = sum(int(row["more"]) for row in found), sum(int(row["less"]) for row in found)
    came, went = (more_, -less_) if sign > 0 else (-less_, more_)
    return Statement(
        accounts=accounts,
        period=period,
        opening=(closing - more_ - less_) * sign,
        closing=closing * sign,
        came=came,
        went=went,
        count=sum(row["count"] for row in found),
        newest=max(row["newest"] for row in found),
    )


def part_of(statement: Statement, before: int | None) -> tuple[list[Movement], int | None]:
    """The newest movements, or those older than the line `before`, each with the balance after it; and where the next
    ones begin, None where there are none. However long the statement is, it reads so many lines and one sum."""
    lines, balance = _lines_of(statement).order_by("-pk"), statement.closing
    if before is not None:
        newer = lines.filter(pk__gte=before).aggregate(total=Sum("amount", default=0))["total"]
        balance -= int(newer) * statement.sign
        lines = lines.filter(pk__lt=before)
    found = list(lines[: A_PAGE + 1])
    movements = []
    for line in found[:A_PAGE]:
        movements.append(_movement(line, balance, statement.sign))
        balance -= line.amount * statement.sign
    return movements, found[A_PAGE - 1].pk if len(found) > A_PAGE else None


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
    sign = statement.sign
    balance, movements = statement.closing - int(newer) * sign, []
    for line in page:
        movements.append(_movement(line, balance, sign))
        balance -= line.amount * sign
    return page, movements


def oldest_first(statement: Statement, at_most: int) -> list[Movement]:
    """The movements in the order in which they happened."""
    sign = statement.sign
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
    sign = statement.sign
    balance = statement.opening
    told = _lines_of(statement).values_list(
        "amount", "entry__at", "entry__text", "entry__public_id", "entry__reverses_id", "account_id"
    )
    for amount, at, text, reference, reverses, account in told.iterator(chunk_size=A_PIECE):
        balance += amount * sign
        yield Movement(at, text, amount * sign, balance, str(reference), reverses is not None, account)


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
        JournalLine.objects.filter(statement.period.lines(), account__in=statement.accounts, pk__lte=statement.newest)
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
        account_id=line.account_id,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(current_region().time_zone))


def _found(account: Account | None) -> Account:
    if account is None:
        raise Http404("no such account of theirs")
    return account
