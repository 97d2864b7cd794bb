"""What of ours a line of the bank is: pure comparing, no writing. See docs/agent-banking.md, "Matching a statement"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tenant_apps.agent_banking.accounting import DONE, SENT
from tenant_apps.agent_banking.models import (
    AgentTransaction,
    ExceptionKind,
    FloatMove,
    LineState,
    MoveKind,
    TransactionKind,
)
from tenant_apps.agent_banking.statement_tables import BankLine

NEAR = timedelta(minutes=30)


@dataclass
class Judged:
    """A line, what of ours it is, and what does not fit."""

    line: BankLine
    state: LineState = LineState.EXCEPTION
    transaction: AgentTransaction | None = None
    float_move: FloatMove | None = None
    by_reference: bool = False
    fault: ExceptionKind | None = None


@dataclass(frozen=True)
class Ours:
    """What WARSA knows. `earlier`: references of lines of earlier statements, with (amount, direction) and transaction's pk."""

    transactions: Sequence[AgentTransaction]
    moves: Sequence[FloatMove]
    kinds: Sequence[TransactionKind]
    earlier: Mapping[str, Sequence[tuple[int, int, int | None]]] = field(default_factory=dict)
    zone: str = "Asia/Jakarta"


def compare(lines: Iterable[BankLine], ours: Ours) -> list[Judged]:
    """Each line judged, in order: known before, by reference, by likeness; what is left is missing here."""
    by_pk = {one.pk: one for one in ours.transactions}
    by_reference = {one.reference: one for one in ours.transactions}
    reversals = {one.reversal_reference: one for one in ours.transactions if one.reversal_reference}
    moves = {one.reference: one for one in ours.moves if one.reference}
    judged = [Judged(line) for line in lines]
    seen: set[str] = set()
    claimed: set[int] = set()
    left: list[Judged] = []
    for one in judged:
        reference = one.line.reference
        one.transaction = by_reference.get(reference)
        again = bool(reference) and reference in seen
        seen.add(reference)
        told = (one.line.amount, one.line.direction)
        before = next((row for row in ours.earlier.get(reference, ()) if row[:2] == told), None)
        if one.transaction is not None:
            claimed.add(one.transaction.pk)
        if reference and before is not None and not again:
            one.state, one.by_reference = LineState.KNOWN, True
            one.transaction = one.transaction or by_pk.get(before[2] or 0)
            if one.transaction is not None:
                claimed.add(one.transaction.pk)
        elif again:
            _judge_again(one, reversals)
        elif one.transaction is not None:
            one.by_reference = True
            one.fault = _fault(one.line, one.transaction)
        elif reference in reversals:
            one.transaction, one.by_reference = reversals[reference], True
            claimed.add(one.transaction.pk)
            one.fault = None if _same_amount(one.line, one.transaction, back=True) else ExceptionKind.OTHER_AMOUNT
        elif reference in moves:
            one.float_move, one.by_reference = moves[reference], True
            one.fault = None if _same_move(one.line, moves[reference]) else ExceptionKind.OTHER_AMOUNT
        else:
            left.append(one)
    _by_likeness(left, ours, claimed)
    for one in judged:
        if one.state != LineState.KNOWN:
            one.state = LineState.MATCHED if one.fault is None else LineState.EXCEPTION
    return judged


def missing_at_bank(judged: Sequence[Judged], ours: Ours) -> list[AgentTransaction]:
    """Transactions of the statement's stretch of time that no line of it is. What was reversed may be missing."""
    stretch = stretch_of([one.line for one in judged], ours.zone)
    if stretch is None:
        return []
    claimed = {one.transaction.pk for one in judged if one.transaction is not None}
    proven = {pk for rows in ours.earlier.values() for _amount, _direction, pk in rows}
    return [
        one
        for one in ours.transactions
        if stretch[0] <= one.at <= stretch[1] and not one.is_reversed and one.pk not in claimed | proven
    ]


def stretch_of(lines: Sequence[BankLine], zone: str) -> tuple[datetime, datetime] | None:
    """From the first line to the last; whole days where lines tell no time."""
    timed = [line for line in lines if line.at is not None]
    if not timed:
        return None
    first, last = min(timed, key=_when), max(timed, key=_when)
    start, end = _when(first), _when(last) + timedelta(minutes=1)
    if not all(line.has_time for line in timed):
        start = start.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0)
        end = end.astimezone(ZoneInfo(zone)).replace(hour=23, minute=59, second=59)
    return start, end


def _when(line: BankLine) -> datetime:
    assert line.at is not None
    return line.at


def _judge_again(one: Judged, reversals: Mapping[str, AgentTransaction]) -> None:
    """The same reference a second time: the bank's reversal under it, or a line too many."""
    reversed_ = reversals.get(one.line.reference)
    if reversed_ is not None and reversed_ is one.transaction and _same_amount(one.line, reversed_, back=True):
        one.by_reference = True
        return
    one.fault = ExceptionKind.DOUBLED


def _fault(line: BankLine, transaction: AgentTransaction) -> ExceptionKind | None:
    if not _same_amount(line, transaction):
        return ExceptionKind.OTHER_AMOUNT
    if line.fee is not None and abs(line.fee) != transaction.fee:
        return ExceptionKind.FEE_DIFFERS
    return None


def _same_amount(line: BankLine, transaction: AgentTransaction, *, back: bool = False) -> bool:
    if not line.direction:
        return line.amount == transaction.amount
    gained = -transaction.deposit if back else transaction.deposit
    return line.amount * line.direction == gained


def _same_move(line: BankLine, moved: FloatMove) -> bool:
    if line.amount != moved.amount:
        return False
    kind = MoveKind(moved.kind)
    side = {**DONE[kind], **SENT.get(kind, {})}.get("float", 0)
    return not line.direction or line.direction == side


def _by_likeness(left: list[Judged], ours: Ours, claimed: set[int]) -> None:
    """The nearest in time of what has the amount, and the kind where the line says one."""
    free: dict[int, list[AgentTransaction]] = {}
    for transaction in ours.transactions:
        if transaction.pk not in claimed and not transaction.is_reversed:
            for amount in {transaction.amount, abs(transaction.deposit)}:
                free.setdefault(amount, []).append(transaction)
    pairs = []
    for place, one in enumerate(left):
        kind = _kind_of(one.line.kind_text, ours.kinds)
        for transaction in free.get(one.line.amount, ()):
            apart = _apart(one.line, transaction, ours.zone)
            if apart is None or not _same_amount(one.line, transaction) or kind not in (None, transaction.kind_id):
                continue
            pairs.append((apart, place, transaction.pk, one, transaction))
    taken: set[int] = set()
    done: set[int] = set()
    for _distance, place, pk, one, transaction in sorted(pairs, key=lambda pair: pair[:3]):
        if place in done or pk in taken:
            continue
        done.add(place)
        taken.add(pk)
        one.transaction, one.fault = transaction, _fault(one.line, transaction)
    for place, one in enumerate(left):
        if place not in done:
            one.fault = ExceptionKind.MISSING_HERE


def _apart(line: BankLine, transaction: AgentTransaction, zone: str) -> timedelta | None:
    if line.at is None:
        return None
    if line.has_time:
        apart = abs(line.at - transaction.at)
        return apart if apart <= NEAR else None
    same = line.at.astimezone(ZoneInfo(zone)).date() == transaction.local_day
    return timedelta(0) if same else None


def _kind_of(text: str, kinds: Sequence[TransactionKind]) -> int | None:
    """The kind that the bank's words name; the longest name counts: "transfer ke bank lain" before "transfer"."""
    words = " ".join(text.replace("_", " ").split()).casefold()
    named = [
        (len(name), kind.pk)
        for kind in kinds
        for name in (kind.name.casefold(), kind.code.replace("_", " "))
        if name in words
    ]
    return max(named)[1] if named else None
