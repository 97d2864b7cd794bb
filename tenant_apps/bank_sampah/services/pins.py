"""The PIN with which a member agrees to a payout: on their own phone, at the unit, and by a program."""

from __future__ import annotations

import re
from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import PinLocked, PinMissing, PinWeak, PinWrong
from tenant_apps.bank_sampah.locks import lock_member
from tenant_apps.bank_sampah.models import Member
from tenant_apps.bank_sampah.services.telling import tell_of_pin
from tenants.kernel import clock

TRIES = 5
CLOSED_FOR = timedelta(minutes=15)
_SIX = re.compile(r"[0-9]{6}", re.ASCII)
_STEPS = ("0123456789" * 2, "9876543210" * 2)


def set_pin(*, member: Member, pin: str, by: str) -> Member:
    """The member agrees with these six digits from now on. Whoever calls this knows that it is the member.

    Raises:  PinWeak for what is no six digits, and for those that anybody would try first.
    Writes:  the hash; a row of the member's history.
    """
    if not _SIX.fullmatch(pin):
        raise PinWeak(_("A PIN has six digits."))
    if len(set(pin)) == 1 or any(pin in row for row in _STEPS) or pin[:3] == pin[3:]:
        raise PinWeak(_("Choose digits that are harder to guess."))
    with transaction.atomic():
        member = lock_member(member)
        member.pin, member.pin_failures, member.pin_locked_until = make_password(pin), 0, None
        member.save(update_fields=["pin", "pin_failures", "pin_locked_until"])
        event = member.history.create(move="pin", before=member.state, after=member.state, by=by)
        tell_of_pin(member, event.pk)
    return member


def forget_pin(*, member: Member, by: str) -> Member:
    """The member has forgotten it, and sets another one before the next payout."""
    with transaction.atomic():
        member = lock_member(member)
        member.pin, member.pin_failures, member.pin_locked_until = "", 0, None
        member.save(update_fields=["pin", "pin_failures", "pin_locked_until"])
        member.history.create(move="pin_forgotten", before=member.state, after=member.state, by=by)
    return member


def check_pin(*, member: Member, pin: str) -> None:
    """It is the member. Wrong tries are counted whatever becomes of the caller: call it before any transaction of one's own.

    Raises:  PinMissing; PinWrong with the tries that are left; PinLocked after five wrong ones, for a quarter of an hour;
             TransactionManagementError inside a transaction that could take the count back.
    """
    if connection.in_atomic_block and not _is_test_transaction():
        raise transaction.TransactionManagementError("check_pin() counts tries in a transaction of its own")
    with transaction.atomic():
        member = lock_member(member)
        refused = _judge(member, pin)
        member.save(update_fields=["pin_failures", "pin_locked_until"])
    if refused is not None:
        raise refused


def _judge(member: Member, pin: str) -> PinMissing | PinLocked | PinWrong | None:
    now = clock.now()
    if not member.pin:
        return PinMissing(_("Set a PIN first: six digits that only the member knows."))
    if member.pin_locked_until is not None and member.pin_locked_until > now:
        minutes = -(-(member.pin_locked_until - now).seconds // 60)
        return PinLocked(_("Too many wrong tries. Try again in %(minutes)s minutes.") % {"minutes": minutes})
    # What no PIN can be is not hashed at all.
    if _SIX.fullmatch(pin) and check_password(pin, member.pin):
        member.pin_failures, member.pin_locked_until = 0, None
        return None
    member.pin_failures += 1
    if member.pin_failures >= TRIES:
        member.pin_failures, member.pin_locked_until = 0, now + CLOSED_FOR
        return PinLocked(
            _("Too many wrong tries. Try again in %(minutes)s minutes.") % {"minutes": CLOSED_FOR.seconds // 60}
        )
    return PinWrong(_("That PIN is wrong. %(left)s tries are left.") % {"left": TRIES - member.pin_failures})


def _is_test_transaction() -> bool:
    """Django's own test cases wrap everything in one transaction, whose outermost block says so."""
    blocks = connection.atomic_blocks
    return len(blocks) == 1 and bool(getattr(blocks[0], "_from_testcase", False))
