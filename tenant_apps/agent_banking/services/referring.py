"""Somebody who wants an account at the bank, followed until it is active. No money moves."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.agent_banking.errors import BadEntry, NotAnAgent
from tenant_apps.agent_banking.locks import lock_agent
from tenant_apps.agent_banking.models import AccountReferral, Agent
from tenant_apps.agent_banking.private_numbers import digits_of, masked
from tenant_apps.agent_banking.selectors.rules import offers_referrals
from tenant_apps.agent_banking.texts import kept_reason, kept_text
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered


def submit_referral(*, agent: Agent, key: UUID, name: str, phone: str, note: str, by: str) -> AccountReferral:
    """The bank shall hear of this person, once for the key. Of the telephone number only the end is kept.

    Raises:  BadEntry, PrivateNumber, NotAnAgent.
    """
    name, note = kept_text(name, most=60), kept_text(note)
    digits = digits_of(phone) if phone.strip() else ""
    if not name:
        raise BadEntry(_("Write a name."))
    if phone.strip() and not 8 <= len(digits) <= 15:
        raise BadEntry(_("Write a telephone number, or leave it empty."))
    with transaction.atomic():
        agent = lock_agent(agent)
        before = AccountReferral.objects.filter(key=key, agent=agent).first()
        if before is not None:
            return before
        if not agent.is_at_work:
            raise NotAnAgent(_("The warung does not work as an agent of the bank now."))
        if not offers_referrals():
            raise BadEntry(_("The region takes no referrals now."))
        phone = masked(digits) if digits else ""
        referral = save_numbered(AccountReferral(agent=agent, key=key, name=name, phone=phone, note=note, by=by))
        referral.history.create(move="submit", after=referral.state, by=by)
    return referral


def approve_referral(*, referral: AccountReferral, by: str) -> AccountReferral:
    """The bank takes the application.  States: SUBMITTED -> APPROVED."""
    return _step(referral, "approve", by)


def activate_referral(*, referral: AccountReferral, by: str) -> AccountReferral:
    """The account is there.  States: APPROVED -> ACTIVE."""
    return _step(referral, "activate", by)


def reject_referral(*, referral: AccountReferral, reason: str, by: str) -> AccountReferral:
    """The bank does not take it, for this reason.  States: SUBMITTED, APPROVED -> REJECTED."""
    return _step(referral, "reject", by, kept_reason(reason))


def withdraw_referral(*, referral: AccountReferral, by: str) -> AccountReferral:
    """The person does not want it any more.  States: SUBMITTED, APPROVED -> WITHDRAWN."""
    return _step(referral, "withdraw", by)


def _step(referral: AccountReferral, name: str, by: str, reason: str = "") -> AccountReferral:
    with transaction.atomic():
        found = AccountReferral.objects.get(pk=referral.pk)
        move(found, name, by=by, reason=reason)
    return found
