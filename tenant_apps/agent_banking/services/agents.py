"""How a warung becomes an agent of the bank, and how that ends."""

from __future__ import annotations

import re

from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.accounting import balances_of
from tenant_apps.agent_banking.errors import BadEntry
from tenant_apps.agent_banking.locks import lock_agent
from tenant_apps.agent_banking.models import (
    Agent,
    AgentDay,
    AgentDocument,
    AgentState,
    DayState,
    DocumentKind,
    FloatMove,
    MoveState,
)
from tenant_apps.agent_banking.services.telling import tell_owner_of_decision, tell_satker_of_application
from tenant_apps.agent_banking.texts import kept_reason
from tenant_apps.warungs.models import Kind, Warung, WarungState
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

MOST_DOCUMENTS = 20
MOST_MARK = 1_000_000_000
_BANK_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9.\-]{2,31}")


def apply_as_agent(*, warung: Warung, by: str) -> Agent:
    """The warung asks to be an agent of the bank, once; after a refusal it may ask again.

    States:  none, REFUSED -> APPLIED.
    Raises:  BadEntry for a Fresh Food stand, and for a warung that ended.
    Writes:  agent, history; outbox to the Satker.
    """
    if warung.kind != Kind.WARUNG or warung.state == WarungState.CLOSED:
        raise BadEntry(_("Only a warung that trades can become an agent of the bank."))
    with transaction.atomic():
        # Two taps at once find one row: the warung is the lock until there is an agent.
        Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)
        agent = Agent.objects.filter(warung=warung).first()
        if agent is None:
            agent = save_numbered(Agent(warung=warung, applied_by=by))
            agent.history.create(move="apply", after=agent.state, by=by)
            tell_satker_of_application(agent, 1)
        elif agent.state == AgentState.REFUSED and move(agent, "apply_again", by=by):
            tell_satker_of_application(agent, agent.history.count())
    return agent


def add_document(*, agent: Agent, kind: DocumentKind, photo: File[bytes], by: str) -> AgentDocument:
    """A paper is kept with the agent, for good.

    Raises:  BadEntry for more papers than anybody looks at.
    """
    with transaction.atomic():
        agent = lock_agent(agent)
        if agent.documents.count() >= MOST_DOCUMENTS:
            raise BadEntry(_("There are %(count)s papers already. Ask the Satker.") % {"count": MOST_DOCUMENTS})
        kept = AgentDocument(agent=agent, kind=kind, by=by)
        kept.file.save(photo.name or "", photo, save=False)
        kept.save(force_insert=True)
    return kept


def approve_agent(*, agent: Agent, bank_number: str, by: str) -> Agent:
    """The warung may work as an agent, under the number that the bank gave it.

    States:  APPLIED -> ACTIVE.
    Raises:  BadEntry for a number that cannot be or is another agent's; StaleDocument.
    Writes:  agent, history; outbox to the owner.
    """
    bank_number = bank_number.strip().upper()
    if not _BANK_NUMBER.fullmatch(bank_number):
        raise BadEntry(_("Write the number under which the bank knows the agent."))
    with transaction.atomic():
        agent = lock_agent(agent)
        if agent.state == AgentState.APPLIED:
            try:
                with transaction.atomic():
                    agent.bank_number = bank_number
                    agent.save(update_fields=["bank_number"])
            except IntegrityError as taken:
                raise BadEntry(_("Another agent has this number at the bank.")) from taken
        if move(agent, "approve", by=by):
            tell_owner_of_decision(agent, agent.history.count(), "")
    return agent


def refuse_agent(*, agent: Agent, reason: str, by: str) -> Agent:
    """The warung does not become an agent, for this reason. It may ask again.

    States:  APPLIED -> REFUSED.
    """
    return _step(agent, "refuse", reason, by)


def suspend_agent(*, agent: Agent, reason: str, by: str) -> Agent:
    """Nothing is recorded for now. An open day can still be counted and closed, and money be moved out.

    States:  ACTIVE -> SUSPENDED.
    """
    return _step(agent, "suspend", reason, by)


def resume_agent(*, agent: Agent, by: str) -> Agent:
    """The agent works again.

    States:  SUSPENDED -> ACTIVE.
    """
    with transaction.atomic():
        agent = lock_agent(agent)
        if move(agent, "resume", by=by):
            tell_owner_of_decision(agent, agent.history.count(), "")
    return agent


def end_agent(*, agent: Agent, reason: str, by: str) -> Agent:
    """The warung is no agent any more; what it recorded stays.

    States:  ACTIVE, SUSPENDED -> ENDED.
    Raises:  StaleDocument while a day is at work, a move waits, or money lies in drawer or float.
    """
    with transaction.atomic():
        agent = lock_agent(agent)
        if agent.state != AgentState.ENDED:
            if AgentDay.objects.filter(agent=agent).exclude(state=DayState.CLOSED).exists():
                raise StaleDocument(_("Close the agent's day first."))
            if FloatMove.objects.filter(agent=agent, state=MoveState.SUBMITTED).exists():
                raise StaleDocument(_("A move still waits for the Satker. Confirm or refuse it first."))
            if any(balances_of(agent, ("cash", "float", "transit", "satker_debt")).values()):
                raise StaleDocument(
                    _("There is money in the drawer or the float, or a debt to the Satker. Settle it first.")
                )
        return _step(agent, "end", reason, by)


def set_marks(*, agent: Agent, float_low: int, cash_high: int) -> Agent:
    """When the owner wants to be told: a float below, a drawer above; 0 asks for no alert.

    Raises:  BadEntry.
    """
    if not (0 <= float_low <= MOST_MARK and 0 <= cash_high <= MOST_MARK):
        raise BadEntry(_("Write an amount in whole rupiah."))
    with transaction.atomic():
        agent = lock_agent(agent)
        agent.float_low, agent.cash_high = float_low, cash_high
        agent.save(update_fields=["float_low", "cash_high"])
    return agent


def _step(agent: Agent, name: str, reason: str, by: str) -> Agent:
    reason = kept_reason(reason)
    with transaction.atomic():
        agent = lock_agent(agent)
        if move(agent, name, by=by, reason=reason):
            tell_owner_of_decision(agent, agent.history.count(), reason)
    return agent
