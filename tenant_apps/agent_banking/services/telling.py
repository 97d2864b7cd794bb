"""What owners and the people of the Satker are told of agents, in their own language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from tenant_apps.accounts.models import Role
from tenant_apps.agent_banking.models import Agent, AgentDay, FloatMove
from tenant_apps.notifications.services import notice
from tenants.identity.models import User
from tenants.kernel.money import rupiah_text
from tenants.outbox.services import put_all


def tell_satker_of_application(agent: Agent, tried: int) -> None:
    """Somebody wants to be an agent."""
    _tell(
        _officers(),
        lambda: _("%(warung)s wants to become an agent of the bank.") % {"warung": agent.warung.name},
        lambda: _("Look at the papers, then approve or refuse."),
        reverse("agent_banking:satker_agent", args=[agent.number]),
        f"agent.{agent.number}.applied.{tried}",
    )


def tell_owner_of_decision(agent: Agent, step: int, reason: str) -> None:
    """The warung is an agent now, or is none, and why."""
    told: dict[str, Callable[[], str]] = {
        "approve": lambda: _("%(warung)s is an agent of the bank now."),
        "resume": lambda: _("%(warung)s is an agent of the bank now."),
        "refuse": lambda: _("%(warung)s did not become an agent of the bank."),
        "suspend": lambda: _("%(warung)s may not work as an agent of the bank for now."),
        "end": lambda: _("%(warung)s is no agent of the bank any more."),
    }
    words = told[agent.history.latest("pk").move]
    _tell(
        _owner(agent),
        lambda: words() % {"warung": agent.warung.name},
        lambda: reason,
        reverse("agent_banking:home"),
        f"agent.{agent.number}.decided.{step}",
    )


def tell_of_levels(agent: Agent, before: dict[str, int], after: dict[str, int], event: str) -> None:
    """The float fell below the owner's mark, or the drawer rose above theirs, with this event. Told at the crossing alone."""
    path = reverse("agent_banking:home")
    if agent.float_low and after["float"] < agent.float_low <= before["float"]:
        _tell(
            _owner(agent),
            lambda: _("The float is low: %(amount)s.") % {"amount": rupiah_text(after["float"])},
            lambda: _("Top it up before a customer has to wait."),
            path,
            f"agent.{agent.number}.low.{event}",
        )
    if agent.cash_high and after["cash"] > agent.cash_high >= before["cash"]:
        _tell(
            _owner(agent),
            lambda: _("There is much cash in the agent's drawer: %(amount)s.") % {"amount": rupiah_text(after["cash"])},
            lambda: _("Bring it to the bank or to the Satker."),
            path,
            f"agent.{agent.number}.high.{event}",
        )


def tell_satker_of_difference(day: AgentDay, turn: int) -> None:
    """A day waits for somebody who answers for its difference."""
    names = {"warung": day.agent.warung.name}
    _tell(
        _officers(),
        lambda: _("The day of %(warung)s as an agent does not agree.") % names,
        lambda: (
            _("Drawer %(cash)s, float %(deposit)s. The reason: %(reason)s")
            % {
                "cash": rupiah_text(day.cash_difference),
                "deposit": rupiah_text(day.float_difference),
                "reason": day.reason,
            }
        ),
        reverse("agent_banking:satker_day", args=[day.agent.number, day.day.isoformat()]),
        f"agent.{day.agent.number}.difference.{day.day}.{turn}",
    )


def tell_owner_of_day(day: AgentDay, turn: int, reason: str = "") -> None:
    """The Satker has looked at the difference."""
    _tell(
        _owner(day.agent),
        lambda: (
            _("The Satker asks you to count the agent's drawer again.")
            if reason
            else _("The Satker approved the difference of your day as an agent.")
        ),
        lambda: reason,
        reverse("agent_banking:day"),
        f"agent.{day.agent.number}.looked.{day.day}.{turn}",
    )


def tell_satker_of_move(move: FloatMove) -> None:
    """A move waits for the Satker's word."""
    names = {"warung": move.agent.warung.name, "amount": rupiah_text(move.amount)}
    _tell(
        _officers(),
        lambda: f"{move.get_kind_display()}: %(amount)s, %(warung)s" % names,
        lambda: _("Confirm it when the money is there, or refuse it."),
        reverse("agent_banking:satker_moves"),
        f"agent.move.{move.number}.submitted",
    )


def tell_owner_of_move(move: FloatMove, reason: str = "") -> None:
    """The Satker confirmed the move, or refused it."""
    names = {"number": move.number, "amount": rupiah_text(move.amount)}
    _tell(
        _owner(move.agent),
        lambda: (
            (
                _("The Satker refused move %(number)s of %(amount)s.")
                if reason
                else _("The Satker confirmed move %(number)s of %(amount)s.")
            )
            % names
        ),
        lambda: reason,
        reverse("agent_banking:moves"),
        f"agent.move.{move.number}.settled",
    )


def _owner(agent: Agent) -> list[User]:
    return [agent.warung.owner] if agent.warung.owner is not None else []


def _officers() -> list[User]:
    return list(User.objects.filter(role_grants__role=Role.SATKER, is_active=True).order_by("pk"))


def _tell(people: Iterable[User], subject: Callable[[], str], body: Callable[[], str], path: str, dedupe: str) -> None:
    told = []
    for person in people:
        with override(person.language):
            told.append(notice(user=person, subject=subject(), body=body(), path=path, dedupe=f"{dedupe}:{person.pk}"))
    put_all(told)
