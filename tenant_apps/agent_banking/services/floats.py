"""Money between drawer, float, the owner, the bank and the Satker."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.accounting import DONE, SENT, balances_of, postings_of, times
from tenant_apps.agent_banking.errors import BadEntry, DayNotOpen, KeyReused, NotAnAgent
from tenant_apps.agent_banking.locks import lock_agent
from tenant_apps.agent_banking.models import (
    Agent,
    AgentDay,
    AgentState,
    DayState,
    FloatMove,
    MoveKind,
    MoveState,
)
from tenant_apps.agent_banking.services.recording import must_suffice, reference_must_be_free
from tenant_apps.agent_banking.services.rules import MOST_AMOUNT
from tenant_apps.agent_banking.services.telling import tell_of_levels, tell_owner_of_move, tell_satker_of_move
from tenant_apps.agent_banking.texts import kept_reason, kept_reference, kept_text
from tenant_apps.ledger.services import post
from tenant_apps.satker.selectors import the_satker
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered


def submit_move(
    *,
    agent: Agent,
    key: UUID,
    kind: MoveKind,
    amount: int,
    by: str,
    reference: str = "",
    note: str = "",
    document: File[bytes] | None = None,
) -> FloatMove:
    """The money moved, once for its key; where the Satker is a party, it waits for the Satker's word.

    States:  -> CONFIRMED, or SUBMITTED with the Satker.
    Raises:  BadEntry, PrivateNumber, NotAnAgent, ReferenceUsed, NotEnough, KeyReused; DayNotOpen while the day is counted
             and not closed: what moved then would be in nobody's count.
    Writes:  move, history; one entry of what left; outbox to the Satker, or when a level is crossed.
    """
    note = kept_text(note)
    reference = kept_reference(reference) if reference.strip() or kind.needs_reference else ""
    if not 0 < amount <= MOST_AMOUNT:
        raise BadEntry(_("Write down an amount above zero."))
    with transaction.atomic():
        agent = lock_agent(agent)
        before = FloatMove.objects.filter(key=key).first()
        if before is not None:
            if (before.agent_id, before.kind, before.amount) != (agent.pk, kind, amount):
                raise KeyReused(_("This form was sent before with other content. Open it anew."))
            return before
        if agent.state not in (AgentState.ACTIVE, AgentState.SUSPENDED):
            raise NotAnAgent(_("The warung does not work as an agent of the bank now."))
        if AgentDay.objects.filter(agent=agent, state=DayState.COUNTED).exists():
            raise DayNotOpen(_("The day is counted. Close it first, or count again later."))
        if reference:
            reference_must_be_free(agent.bank, reference)
        moved = FloatMove(
            key=key,
            agent=agent,
            kind=kind,
            amount=amount,
            bank=agent.bank,
            reference=reference,
            note=note,
            by=by,
        )
        if document is not None:
            moved.document.save(document.name or "", document, save=False)
        try:
            save_numbered(moved)
        except IntegrityError as refused:
            if "float_move_reference_once" not in str(refused):
                raise
            reference_must_be_free(agent.bank, reference)
            raise
        moved.history.create(move="submit", after=moved.state, by=by)
        if kind in SENT:
            _book(moved, agent, SENT[kind], "sent", by)
        if kind.with_satker:
            tell_satker_of_move(moved)
        else:
            _book(moved, agent, DONE[kind], "done", by)
            _settle(moved, "confirm", by)
    return moved


def confirm_move(*, float_move: FloatMove, by: str) -> FloatMove:
    """The Satker says that the money is there, or that it sent it. Twice changes nothing.

    States:  SUBMITTED -> CONFIRMED.
    Raises:  StaleDocument.
    Writes:  history, one entry on both sides' books; outbox to the owner.
    """
    with transaction.atomic():
        agent = lock_agent(float_move.agent)
        found = FloatMove.objects.get(pk=float_move.pk)
        if _settle(found, "confirm", by):
            found.agent = agent
            _book(found, agent, DONE[MoveKind(found.kind)], "done", by)
            tell_owner_of_move(found)
    return found


def refuse_move(*, float_move: FloatMove, reason: str, by: str) -> FloatMove:
    """The Satker knows of no such money: what left comes back.

    States:  SUBMITTED -> REFUSED.
    Raises:  BadEntry without a reason; StaleDocument.
    """
    return _undo(float_move, "refuse", kept_reason(reason), by)


def withdraw_move(*, float_move: FloatMove, by: str) -> FloatMove:
    """The agent takes it back before the Satker said anything.

    States:  SUBMITTED -> WITHDRAWN.
    """
    return _undo(float_move, "withdraw", "", by)


def _undo(float_move: FloatMove, name: str, reason: str, by: str) -> FloatMove:
    with transaction.atomic():
        agent = lock_agent(float_move.agent)
        found = FloatMove.objects.get(pk=float_move.pk)
        if _settle(found, name, by, reason):
            found.agent = agent
            kind = MoveKind(found.kind)
            if kind in SENT:
                _book(found, agent, {book: -sign for book, sign in SENT[kind].items()}, "back", by)
            if name == "refuse":
                tell_owner_of_move(found, reason)
    return found


def _settle(found: FloatMove, name: str, by: str, reason: str = "") -> bool:
    if found.state == MoveState.SUBMITTED:
        found.settled_at, found.settled_by = clock.now(), by
        found.save(update_fields=["settled_at", "settled_by"])
    return move(found, name, by=by, reason=reason)


def _book(found: FloatMove, agent: Agent, sides: Mapping[str, int], step: str, by: str) -> None:
    lines = times(found.amount, sides)
    had = balances_of(agent)
    must_suffice(had, lines)
    post(
        key=f"agent_move:{found.key}:{step}",
        text=f"{found.get_kind_display()} {found.number}",
        postings=postings_of(agent, lines, the_satker() if MoveKind(found.kind).with_satker else None),
        by=by,
    )
    tell_of_levels(agent, had, balances_of(agent), f"{found.number}.{step}")
