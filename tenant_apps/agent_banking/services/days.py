"""An agent's day: opened, counted against the books, closed by somebody who answers for what differs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.accounting import balances_of, postings_of
from tenant_apps.agent_banking.errors import BadEntry, DayNotOpen, NeedsApproval, NotAnAgent
from tenant_apps.agent_banking.locks import lock_agent
from tenant_apps.agent_banking.models import Agent, AgentDay, DayState
from tenant_apps.agent_banking.selectors.rules import tolerance_at
from tenant_apps.agent_banking.services.rules import MOST_AMOUNT
from tenant_apps.agent_banking.services.telling import tell_owner_of_day, tell_satker_of_difference
from tenant_apps.agent_banking.texts import kept_reason, kept_text
from tenant_apps.ledger.services import post
from tenant_apps.pos.services.drawer import PIECES
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import NotAllowed
from tenants.kernel.moves import move


@dataclass(frozen=True)
class Opening:
    """What an agent begins with, in rupiah: the owner's own money."""

    cash: int
    deposit: int


def open_day(*, agent: Agent, by: str, opening: Opening | None = None) -> AgentDay:
    """The agent's day begins with what the books know; the very first one with `opening`. Opening again finds the open day.

    What differs in the morning is found at the next count: nobody closes a day and writes a difference off at once.

    Raises:  NotAnAgent; BadEntry for a first day without an opening.
    Writes:  day, history; on the first day one entry of the owner's money.
    """
    with transaction.atomic():
        agent = lock_agent(agent)
        found = AgentDay.objects.filter(agent=agent).exclude(state=DayState.CLOSED).first()
        if found is not None:
            return found
        if not agent.is_at_work:
            raise NotAnAgent(_("The warung does not work as an agent of the bank now."))
        newest = AgentDay.objects.filter(agent=agent).order_by("-day").first()
        if newest is None:
            if opening is None or not (0 <= opening.cash <= MOST_AMOUNT and 0 <= opening.deposit <= MOST_AMOUNT):
                raise BadEntry(_("Write down what lies in the drawer, and the float that the device shows."))
            had = balances_of(agent)
            lines = {"cash": opening.cash - had["cash"], "float": opening.deposit - had["float"]}
            postings = postings_of(agent, {**lines, "capital": -sum(lines.values())})
            if postings:
                post(key=f"agent:{agent.number}:begun", text=_("What the agent began with"), postings=postings, by=by)
        has = balances_of(agent)
        day = AgentDay.objects.create(
            agent=agent,
            day=_next_day(newest),
            opening_cash=has["cash"],
            opening_float=has["float"],
            opened_by=by,
        )
        day.history.create(move="open", after=day.state, by=by)
    return day


def count_day(*, day: AgentDay, cash: int, pieces: Mapping[int, int], shown_float: int, by: str) -> AgentDay:
    """So much was counted, and so much float the device shows, beside what the books expect at this moment.

    States:  OPEN -> COUNTED. Counting again needs `recount_day` first.
    Units:   `pieces`: how many of each note and coin; empty when only the sum is known.
    Raises:  BadEntry when the pieces are not the sum; StaleDocument.
    """
    if not 0 <= cash <= MOST_AMOUNT or not 0 <= shown_float <= MOST_AMOUNT:
        raise BadEntry(_("Write down what lies in the drawer, and the float that the device shows."))
    if any(value not in PIECES or count < 0 for value, count in pieces.items()):
        raise BadEntry(_("There is no such note or coin."))
    if pieces and sum(value * count for value, count in pieces.items()) != cash:
        raise BadEntry(_("The notes and coins are not the sum that was written down."))
    with transaction.atomic():
        agent = lock_agent(day.agent)
        day.refresh_from_db()
        if day.state == DayState.OPEN:
            has = balances_of(agent)
            day.expected_cash, day.expected_float = has["cash"], has["float"]
            day.counted_cash, day.shown_float = cash, shown_float
            day.pieces = {str(value): count for value, count in pieces.items() if count}
            day.counted_at, day.counted_by = clock.now(), by
            day.tolerance = tolerance_at(day.counted_at)
            day.reason = day.reason_by = ""
            day.save()
        move(day, "count", by=by)
    return day


def recount_day(*, day: AgentDay, by: str) -> AgentDay:
    """The count was wrong: the day is open again.

    States:  COUNTED -> OPEN.
    Raises:  StaleDocument after it was closed.
    """
    return _open_again(day, by, "")


def send_back_day(*, day: AgentDay, reason: str, by: str) -> AgentDay:
    """The Satker does not approve the difference: count again, for this reason.

    States:  COUNTED -> OPEN.
    Raises:  BadEntry without a reason; StaleDocument.
    Writes:  history; outbox to the owner.
    """
    reason = kept_reason(reason)
    with transaction.atomic():
        day = _open_again(day, by, reason)
        tell_owner_of_day(day, day.history.count(), reason)
    return day


def explain_day(*, day: AgentDay, reason: str, by: str) -> AgentDay:
    """The owner says why the day differs; the Satker is asked for its approval.

    Raises:  BadEntry without a reason; DayNotOpen unless it is counted and beyond the tolerance.
    Writes:  reason; outbox to the Satker.
    """
    reason = kept_reason(reason)
    with transaction.atomic():
        lock_agent(day.agent)
        day.refresh_from_db()
        if day.state != DayState.COUNTED or not day.needs_approval:
            raise DayNotOpen(
                _("This has changed in the meantime, so that step is no longer possible. Look at it again.")
            )
        if day.reason != reason:
            day.reason, day.reason_by = reason, by
            day.save(update_fields=["reason", "reason_by"])
            turn = day.history.create(move="explain", before=day.state, after=day.state, by=by, reason=reason)
            tell_satker_of_difference(day, turn.pk)
    return day


def close_day(*, day: AgentDay, reason: str, by: str) -> AgentDay:
    """The books hold what was counted. Closing twice changes nothing.

    States:  COUNTED -> CLOSED.
    Raises:  DayNotOpen before it was counted; BadEntry for a difference without a reason; NeedsApproval beyond the
             tolerance.
    Writes:  the difference as one entry; history.
    """
    reason = kept_text(reason)
    with transaction.atomic():
        agent = lock_agent(day.agent)
        day.refresh_from_db()
        if day.state == DayState.CLOSED:
            return day
        _must_be_counted(day)
        if day.needs_approval:
            raise NeedsApproval(_("The difference is beyond the tolerance. Write down why; the Satker approves it."))
        if day.differs:
            day.reason, day.reason_by = kept_reason(reason), by
        return _close(agent, day, by)


def approve_day(*, day: AgentDay, by: str) -> AgentDay:
    """Somebody who neither counted nor explained answers for the difference, and the day is closed. Twice changes nothing.

    States:  COUNTED -> CLOSED.
    Raises:  NotAllowed for who counted or explained it; DayNotOpen before there is a reason.
    Writes:  approval, the difference as one entry; history; outbox to the owner.
    """
    with transaction.atomic():
        agent = lock_agent(day.agent)
        day.refresh_from_db()
        if day.state == DayState.CLOSED:
            return day
        _must_be_counted(day)
        if not day.reason:
            raise DayNotOpen(_("The owner has not said yet why it differs."))
        if by in (day.counted_by, day.reason_by):
            raise NotAllowed(_("Who counted or explained the day cannot approve it. Ask somebody else."))
        day.approved_by, day.approved_at = by, clock.now()
        day = _close(agent, day, by)
        tell_owner_of_day(day, day.history.count())
    return day


def _close(agent: Agent, day: AgentDay, by: str) -> AgentDay:
    cash, deposit = day.cash_difference, day.float_difference
    lines = {"cash": cash, "cash_difference": -cash, "float": deposit, "float_difference": -deposit}
    postings = postings_of(agent, lines)
    if postings:
        day.entry = post(
            key=f"agent_day:{day.pk}:close",
            text=_("Difference at the agent's closing: %(reason)s") % {"reason": day.reason},
            postings=postings,
            by=by,
        )
    day.closed_at, day.closed_by = clock.now(), by
    day.save()
    move(day, "close", by=by, reason=day.reason)
    return day


def _open_again(day: AgentDay, by: str, reason: str) -> AgentDay:
    with transaction.atomic():
        lock_agent(day.agent)
        day.refresh_from_db()
        if move(day, "recount", by=by, reason=reason):
            day.expected_cash = day.expected_float = day.counted_cash = day.shown_float = None
            day.counted_at, day.counted_by, day.tolerance = None, "", None
            day.pieces, day.reason, day.reason_by = {}, "", ""
            day.save()
    return day


def _must_be_counted(day: AgentDay) -> None:
    if day.state != DayState.COUNTED:
        raise DayNotOpen(_("Count the drawer first."))


def _next_day(newest: AgentDay | None) -> date:
    """Today; after a closing on the same day tomorrow, as at the counter."""
    today = clock.today(current_region().time_zone)
    return today if newest is None else max(today, newest.day + timedelta(days=1))
