"""The bank's statement: kept once, compared, and what does not fit worked off."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.customers import CustomerNumber
from tenant_apps.agent_banking.errors import BadEntry, BadStatement
from tenant_apps.agent_banking.locks import lock_agent
from tenant_apps.agent_banking.matching import Judged, Ours, compare, missing_at_bank, stretch_of
from tenant_apps.agent_banking.models import (
    Agent,
    AgentTransaction,
    BankStatement,
    ExceptionEvent,
    ExceptionKind,
    ExceptionState,
    FeeWay,
    FloatMove,
    LineState,
    MoveState,
    Resolution,
    StatementException,
    StatementLine,
    StatementState,
    TransactionKind,
)
from tenant_apps.agent_banking.selectors.rules import fee_of
from tenant_apps.agent_banking.services.recording import Told, record_late, reverse_transaction
from tenant_apps.agent_banking.statement_tables import (
    COLUMNS,
    BankLine,
    Table,
    lines_in,
    table_in,
    word_of,
)
from tenant_apps.agent_banking.texts import kept_reason
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move


def take_in_statement(
    *, agent: Agent, data: bytes, name: str, by: str, columns: Sequence[str] | None = None
) -> BankStatement:
    """The file is kept, without the private numbers in it, and waits to be compared. The same file again finds it.

    `columns` say what each column is, where the headings and what was told of the bank's last one do not.
    Raises:  BadTable; ColumnsUnknown.
    """
    digest = hashlib.sha256(data).hexdigest()
    with transaction.atomic():
        agent = lock_agent(agent)
        kept = BankStatement.objects.filter(agent=agent, digest=digest).exclude(state=StatementState.DROPPED).first()
        if kept is not None:
            return kept
        last = BankStatement.objects.filter(agent__bank=agent.bank, state=StatementState.APPLIED).first()
        remembered = (
            {word_of(heading): key for heading, key in zip(last.table["head"], last.columns, strict=False)}
            if last
            else None
        )
        table, keys = table_in(data, columns=columns, remembered=remembered)
        return BankStatement.objects.create(
            agent=agent,
            digest=digest,
            file_name=name.replace("\x00", "")[:160] or "csv",
            table={"head": table.head, "rows": table.rows},
            columns=keys,
            by=by,
        )


def drop_statement(*, statement: BankStatement) -> bool:
    """Nothing is compared with it. False if it was not waiting."""
    rows = BankStatement.objects.filter(pk=statement.pk, state=StatementState.DRAFT)
    return bool(rows.update(state=StatementState.DROPPED))


def apply_statement(*, statement: BankStatement, columns: Sequence[str], by: str) -> BankStatement:
    """Every line is compared with what was recorded; what does not fit is an open exception. Twice changes nothing.

    States:  DRAFT -> APPLIED.
    Raises:  BadStatement for columns that do not tell enough; StaleDocument when it was dropped.
    Writes:  lines, exceptions with their history; nothing of the books.
    """
    with transaction.atomic():
        agent = lock_agent(statement.agent)
        found = BankStatement.objects.select_for_update(no_key=True).get(pk=statement.pk)
        if found.state == StatementState.APPLIED:
            return found
        if found.state != StatementState.DRAFT:
            raise StaleDocument(_("This statement was dropped. Upload it again."))
        head: list[str] = found.table["head"]
        if len(columns) != len(head) or any(key and key not in COLUMNS for key in columns):
            raise BadStatement(_("Say of each column what it is."))
        if len([key for key in columns if key]) != len({key for key in columns if key}):
            raise BadStatement(_("Two columns are the same. Choose one of them."))
        zone = current_region().time_zone
        lines = lines_in(Table(head, [(number, cells) for number, cells in found.table["rows"]]), columns, zone)
        ours = _ours(agent, found, lines, zone)
        judged = compare(lines, ours)
        _write(found, judged, missing_at_bank(judged, ours), by)
        stretch = stretch_of(lines, zone)
        found.columns, found.state = list(columns), StatementState.APPLIED
        found.since, found.until = stretch or (None, None)
        found.applied_at, found.applied_by = clock.now(), by
        found.save(update_fields=["columns", "state", "since", "until", "applied_at", "applied_by"])
    return found


def note_exception(*, exception: StatementException, note: str, by: str) -> StatementException:
    """The exception is explained and done.

    States:  OPEN -> RESOLVED.
    Raises:  BadEntry without a note; PrivateNumber; StaleDocument.
    """
    return _resolve(exception, Resolution.NOTED, kept_reason(note), by)


def enter_exception(
    *, exception: StatementException, key: UUID, kind: TransactionKind, customer: CustomerNumber, by: str
) -> AgentTransaction:
    """What the bank did and nobody recorded is recorded late, as the line says; the exception is done.

    States:  OPEN -> RESOLVED.
    Raises:  BadEntry for anything but a line that is missing here; what `record_late` raises.
    """
    with transaction.atomic():
        agent = lock_agent(exception.statement.agent)
        line = exception.line
        if exception.kind != ExceptionKind.MISSING_HERE or line is None or not line.reference:
            raise BadEntry(_("Only a line with a reference that is not recorded here can be recorded late."))
        now = clock.now()
        moment = line.at or exception.statement.at
        zone = current_region().time_zone
        if moment > now and moment.astimezone(ZoneInfo(zone)).date() == clock.today(zone):
            # A line that tells no time of day counts as of noon, which may be still to come.
            moment = now
        rule = fee_of(kind, moment) or fee_of(kind, now)
        if rule is None:
            raise BadEntry(_("Nobody has said yet what this kind costs."))
        if line.direction and line.direction != -kind.cash_sign:
            raise BadEntry(_("By the bank the float moved the other way. Choose another kind."))
        # Where the bank gives the fee to the float, the line tells both together.
        with_fee = line.direction and kind.fee_way == FeeWay.ACCOUNT
        told = Told(
            kind=kind,
            rule=rule,
            amount=line.amount - (rule.customer_fee if with_fee else 0),
            customer=customer,
            reference=line.reference,
        )
        recorded = record_late(agent=agent, key=key, told=told, at=moment, by=by)
        _resolve(exception, Resolution.ENTERED, recorded.number, by, recorded)
    return recorded


def reverse_exception(*, exception: StatementException, reference: str, reason: str, by: str) -> AgentTransaction:
    """The transaction of the exception is reversed, as the bank did; the exception is done.

    States:  OPEN -> RESOLVED.
    Raises:  BadEntry where no transaction is concerned; what `reverse_transaction` raises.
    """
    if exception.transaction is None:
        raise BadEntry(_("There is no transaction here that could be reversed."))
    with transaction.atomic():
        reversed_ = reverse_transaction(transaction_=exception.transaction, reference=reference, reason=reason, by=by)
        _resolve(exception, Resolution.REVERSED, reversed_.reversal_reason, by)
    return reversed_


def reopen_exception(*, exception: StatementException, reason: str, by: str) -> StatementException:
    """It was not done after all; what was recorded or reversed stays.

    States:  RESOLVED -> OPEN.
    """
    reason = kept_reason(reason)
    with transaction.atomic():
        found = StatementException.objects.get(pk=exception.pk)
        move(found, "reopen", by=by, reason=reason)
    return found


def _resolve(
    exception: StatementException,
    how: Resolution,
    reason: str,
    by: str,
    recorded: AgentTransaction | None = None,
) -> StatementException:
    with transaction.atomic():
        found = StatementException.objects.select_for_update(no_key=True, of=("self",)).get(pk=exception.pk)
        if found.state == ExceptionState.OPEN:
            found.resolution = how
            found.transaction = recorded or found.transaction
            found.save(update_fields=["resolution", "transaction"])
        move(found, "resolve", by=by, reason=f"{how.label}: {reason}"[:240])
    return found


def _ours(agent: Agent, statement: BankStatement, lines: Sequence[BankLine], zone: str) -> Ours:
    references = {line.reference for line in lines if line.reference}
    stretch = stretch_of(lines, zone)
    # A line may be recorded some time before or after the bank's clock says.
    around = (
        Q(at__gte=stretch[0] - timedelta(days=1), at__lte=stretch[1] + timedelta(days=1)) if stretch else Q(pk__in=())
    )
    transactions = AgentTransaction.objects.filter(
        Q(reference__in=references) | Q(reversal_reference__in=references) | around, agent=agent
    )
    moves = FloatMove.objects.filter(
        agent=agent, reference__in=references, state__in=(MoveState.SUBMITTED, MoveState.CONFIRMED)
    )
    before = StatementLine.objects.filter(statement__agent=agent, statement__state=StatementState.APPLIED).exclude(
        statement=statement
    )
    earlier: dict[str, list[tuple[int, int, int | None]]] = {}
    matched = Q(transaction__in=transactions.values("pk"))
    rows = before.filter(Q(reference__in=references) | matched)
    for reference, amount, direction, pk in rows.values_list("reference", "amount", "direction", "transaction_id"):
        earlier.setdefault(reference, []).append((amount, direction, pk))
    # An exception that an earlier statement has opened is not opened a second time.
    for pk in StatementException.objects.filter(statement__agent=agent, kind=ExceptionKind.MISSING_AT_BANK).values_list(
        "transaction_id", flat=True
    ):
        earlier.setdefault("", []).append((0, 0, pk))
    return Ours(
        transactions=list(transactions.order_by("pk")),
        moves=list(moves.order_by("pk")),
        kinds=list(TransactionKind.objects.all()),
        earlier=earlier,
        zone=zone,
    )


def _write(statement: BankStatement, judged: Sequence[Judged], missing: Sequence[AgentTransaction], by: str) -> None:
    lines = StatementLine.objects.bulk_create(
        [
            StatementLine(
                statement=statement,
                number=one.line.number,
                at=one.line.at,
                has_time=one.line.has_time,
                reference=one.line.reference,
                kind_text=one.line.kind_text,
                amount=one.line.amount,
                direction=one.line.direction,
                fee=one.line.fee,
                state=one.state,
                by_reference=one.by_reference,
                transaction=one.transaction,
                float_move=one.float_move,
            )
            for one in judged
        ],
        batch_size=1_000,
    )
    exceptions = [
        StatementException(statement=statement, kind=one.fault, line=line, transaction=one.transaction)
        for one, line in zip(judged, lines, strict=True)
        if one.state == LineState.EXCEPTION and one.fault is not None
    ]
    exceptions += [
        StatementException(statement=statement, kind=ExceptionKind.MISSING_AT_BANK, transaction=one) for one in missing
    ]
    kept = StatementException.objects.bulk_create(exceptions, batch_size=1_000)
    ExceptionEvent.objects.bulk_create(
        [ExceptionEvent(exception=one, move="open", after=one.state, by=by) for one in kept], batch_size=1_000
    )
