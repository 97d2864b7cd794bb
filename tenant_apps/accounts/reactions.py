"""What other apps do when a person accepts an invitation: part of the same transaction."""

from __future__ import annotations

from collections.abc import Callable

from tenant_apps.accounts.models import Invitation, Role
from tenants.identity.models import User

Reaction = Callable[[Invitation, User], None]

_reactions: dict[Role, list[Reaction]] = {}


def on_accept(role: Role) -> Callable[[Reaction], Reaction]:
    """Register `callback(invitation, user)` for acceptances of this role. What it raises undoes the acceptance."""

    def register(reaction: Reaction) -> Reaction:
        _reactions.setdefault(role, []).append(reaction)
        return reaction

    return register


def react(invitation: Invitation, user: User) -> None:
    """Call every registered reaction, in the order of registration."""
    for reaction in _reactions.get(Role(invitation.role), []):
        reaction(invitation, user)
