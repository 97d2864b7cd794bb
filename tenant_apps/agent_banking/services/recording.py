"""What the bank's device did is recorded once, and taken back only when the bank took it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.accounting import balances_of, effect_of, postings_of
from tenant_apps.agent_banking.customers import CustomerNumber
from tenant_apps.agent_banking.errors import (
    BadEntry,
    DayNotOpen,
    KeyReused,
    NotAnAgent,
    NotEnough,
    ReferenceUsed,
)
from tenant_apps.agent_banking.locks import lock_agent, lock_customer, lock_reference
from tenant_apps.agent_banking.models import (
    Agent,
    AgentDay,
    AgentTransaction,
    DayState,
    Does,
    FeeRule,
    FeeWay,
    FloatMove,
    MoveState,
    TransactionKind,
    TransactionState,
)
from tenant_apps.agent_banking.selectors.rules import fee_of
from tenant_apps.agent_banking.services.limiting import local_day, must_be_within
from tenant_apps.agent_banking.services.rules import MOST_AMOUNT
from tenant_apps.agent_banking.services.telling import tell_of_levels
from tenant_apps.agent_banking.texts import kept_reason, kept_reference, kept_text
from tenant_apps.ledger.services import post, reverse
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.money import rupiah_text
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered


@dataclass(frozen=True)
class Told:
    """A transaction as somebody tells it. `amount` in rupiah without the fee; `rule` is the fee that was shown."""

    kind: TransactionKind
    rule: FeeRule
    amount: int
    customer: CustomerNumber
    reference: str
    customer_name: str = ""
    note: str = ""


def record_transaction(*, agent: Agent, key: UUID, told: Told, by: str) -> AgentTransaction:
    """The transaction stands in the open day, once for its key.

    States:  -> RECORDED.
    Raises:  BadEntry, PrivateNumber, NotAnAgent, DayNotOpen; StaleDocument when the fee is no longer the one that was
             shown; ReferenceUsed with the earlier receipt; OverLimit; NotEnough; KeyReused.
    Writes:  transaction, history, one entry; outbox when a level is crossed. Locks agent, then customer.
    """
    return _recorded(agent, key, told, by, at=None)


def record_late(*, agent: Agent, key: UUID, told: Told, at: datetime, by: str) -> AgentTransaction:
    """The same for what the bank's statement proves: it happened `at`, and stands in today's books.

    The bank has done it already, so limits are not asked.
    """
    return _recorded(agent, key, told, by, at=at)


def reverse_transaction(*, transaction_: AgentTransaction, reference: str, reason: str, by: str) -> AgentTransaction:
    """The bank took the transaction back, under this reference: its entry is mirrored, in the open day.

    States:  RECORDED -> REVERSED. The same reference again changes nothing.
    Raises:  BadEntry, PrivateNumber, DayNotOpen, ReferenceUsed, NotEnough; StaleDocument when it was reversed otherwise.
    Writes:  transaction, history, one reversing entry.
    """
    reference, reason = kept_reference(reference), kept_reason(reason)
    with transaction.atomic():
        agent = lock_agent(transaction_.agent)
        found = AgentTransaction.objects.select_related("kind", "entry", "customer").get(pk=transaction_.pk)
        if found.state == TransactionState.REVERSED:
            if found.reversal_reference == reference:
                return found
            raise StaleDocument(_("This was reversed before, with another reference. Look at it again."))
        day = open_day_of(agent)
        # Some banks print the reversal under the reference of what it takes back.
        if reference != found.reference:
            reference_must_be_free(agent.bank, reference)
        before = balances_of(agent)
        must_suffice(before, {"cash": -found.cash, "float": -found.deposit})
        found.reversal_entry = reverse(
            entry=found.entry,
            key=f"agent_txn:{found.key}:reversed",
            text=_("%(kind)s %(number)s reversed by the bank") % {"kind": found.kind.name, "number": found.number},
            by=by,
        )
        found.reversal_reference, found.reversal_reason, found.reversal_day = reference, reason, day
        found.reversed_at, found.reversed_by = clock.now(), by
        try:
            with transaction.atomic():
                found.save(
                    update_fields=[
                        *("reversal_reference", "reversal_reason", "reversal_day", "reversal_entry"),
                        *("reversed_at", "reversed_by"),
                    ]
                )
        except IntegrityError as refused:
            # Another agent of the bank was quicker with the same reference.
            if "agent_txn_reversal_once" not in str(refused):
                raise
            reference_must_be_free(agent.bank, reference)
            raise
        move(found, "reverse", by=by, reason=reason)
        tell_of_levels(agent, before, balances_of(agent), f"{found.number}.reversed")
    return found


def open_day_of(agent: Agent) -> AgentDay:
    """The day that takes what happens now. Call it with the agent locked.

    Raises:  DayNotOpen.
    """
    day = AgentDay.objects.filter(agent=agent).exclude(state=DayState.CLOSED).first()
    if day is None:
        raise DayNotOpen(_("Open the agent's day first."))
    if day.state != DayState.OPEN:
        raise DayNotOpen(_("The day is counted. Close it and open the next one, or count again later."))
    return day


def reference_must_be_free(bank: str, reference: str) -> None:
    """No transaction, reversal or move of this bank bears the reference, nor will another until this transaction ends.

    Raises:  ReferenceUsed, naming what does.
    """
    lock_reference(bank, reference)
    rows = AgentTransaction.objects.filter(bank=bank)
    earlier = rows.filter(reference=reference).first() or rows.filter(reversal_reference=reference).first()
    if earlier is not None:
        raise ReferenceUsed(
            _("The bank's reference %(reference)s stands on receipt %(number)s already. Look there first.")
            % {"reference": reference, "number": earlier.number},
            number=earlier.number,
        )
    standing = (MoveState.SUBMITTED, MoveState.CONFIRMED)
    moved = FloatMove.objects.filter(bank=bank, reference=reference, state__in=standing).first()
    if moved is not None:
        raise ReferenceUsed(
            _("The bank's reference %(reference)s stands on the move %(number)s already. Look there first.")
            % {"reference": reference, "number": moved.number}
        )


def must_suffice(have: dict[str, int], gain: dict[str, int]) -> None:
    """Drawer and float hold what leaves them.

    Raises:  NotEnough.
    """
    if have["cash"] + gain.get("cash", 0) < 0:
        raise NotEnough(
            _("By the books only %(amount)s lie in the agent's drawer. Put cash in first.")
            % {"amount": rupiah_text(have["cash"])}
        )
    if have["float"] + gain.get("float", 0) < 0:
        raise NotEnough(
            _("By the books the float is only %(amount)s. Top it up, or record the top-up, first.")
            % {"amount": rupiah_text(have["float"])}
        )


def _recorded(agent: Agent, key: UUID, told: Told, by: str, at: datetime | None) -> AgentTransaction:
    reference, note = kept_reference(told.reference), kept_text(told.note)
    name = kept_text(told.customer_name, most=60)
    if not 0 < told.amount <= MOST_AMOUNT:
        raise BadEntry(_("Write down an amount above zero."))
    if told.kind.does == Does.REFERRAL:
        raise BadEntry(_("A referral moves no money. Note it among the referrals."))
    if told.kind.fee_way == FeeWay.WITHHELD and told.rule.customer_fee >= told.amount:
        raise BadEntry(_("The fee is kept from the amount, so the amount must be larger than it."))
    with transaction.atomic():
        agent = lock_agent(agent)
        before = AgentTransaction.objects.select_related("customer").filter(key=key).first()
        if before is not None:
            same = (agent.pk, told.kind.pk, told.amount, reference)
            if (before.agent_id, before.kind_id, before.amount, before.reference) != same:
                raise KeyReused(_("This form was sent before with other content. Open it anew."))
            return before
        if not agent.is_at_work:
            raise NotAnAgent(_("The warung does not work as an agent of the bank now."))
        day, now = open_day_of(agent), clock.now()
        moment = at or now
        if moment > now + timedelta(minutes=1):
            raise BadEntry(_("That moment has not come yet."))
        if at is None and fee_of(told.kind, now) != told.rule:
            raise StaleDocument(_("The fee has changed in the meantime. Look at it again before you take money."))
        reference_must_be_free(agent.bank, reference)
        customer = lock_customer(told.customer)
        if at is None:
            must_be_within(agent=agent, customer=customer, kind=told.kind, amount=told.amount, moment=moment)
        effect = effect_of(told.kind, told.rule, told.amount)
        had = balances_of(agent)
        must_suffice(had, effect.lines)
        recorded = AgentTransaction(
            key=key,
            agent=agent,
            day=day,
            kind=told.kind,
            rule=told.rule,
            customer=customer,
            amount=told.amount,
            fee=effect.fee,
            bank_share=effect.bank_share,
            commission=effect.commission,
            cash=effect.cash,
            deposit=effect.deposit,
            bank=agent.bank,
            reference=reference,
            customer_name=name,
            note=note,
            at=moment,
            local_day=local_day(moment),
            recorded_at=now,
            by=by,
            is_late=at is not None,
        )
        recorded.entry = post(
            key=f"agent_txn:{key}",
            text=f"{told.kind.name} {customer.mask}",
            postings=postings_of(agent, effect.lines),
            by=by,
        )
        try:
            save_numbered(recorded)
        except IntegrityError as refused:
            # Another agent of the bank was quicker with the same reference.
            if "agent_txn_reference_once" not in str(refused):
                raise
            reference_must_be_free(agent.bank, reference)
            raise
        recorded.history.create(move="record", after=recorded.state, by=by)
        tell_of_levels(agent, had, balances_of(agent), recorded.number)
    return recorded
