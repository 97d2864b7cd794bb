"""Support access, step by step. Operators' steps are taken on the platform, the region's inside the region."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.support.errors import AskedAlready, NeedsAnother, NeedsReason, TicketRefused
from shared_apps.support.models import MOST_HOURS, MOST_HOURS_BROKEN, SupportAccess, SupportEvent
from tenants.audit.services import record
from tenants.context import in_region
from tenants.hosts import region_url
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.lifecycle.hooks import Admin, admins_of
from tenants.lifecycle.letters import tell_admins
from tenants.models import Region

KIND, STATE = SupportAccess.Kind, SupportAccess.State
SHORTEST_REASON = 10
TICKET_FOR = timedelta(minutes=1)
ANSWER_WITHIN = timedelta(days=7)
PAGE = "/wilayah/dukungan/"
ASKED = (
    gettext_lazy("%(name)s of central operations asks for access"),
    gettext_lazy(
        "Reason: %(reason)s\n\nFor %(hours)s hours at most. Nothing opens until you accept it, and you can end it at any"
        " moment: %(page)s\n"
    ),
)
BROKEN = (
    gettext_lazy("Central operations opened your region without asking"),
    gettext_lazy(
        "Two operators agreed to it. Reason: %(reason)s\n\nYou see every page that they open, and can end it at once:"
        " %(page)s\n"
    ),
)


def ask(*, region: Region, operator: User, reason: str, hours: int, kind: str = KIND.ASKED) -> SupportAccess:
    """The operator asks to come in; the region's admins are told. Glass that is broken waits for a second operator instead.

    Not inside a transaction: what is written on the platform is told in the region after it.
    Raises:  NeedsReason, AskedAlready.
    """
    told = " ".join(reason.split())
    if len(told) < SHORTEST_REASON:
        raise NeedsReason(_("Say in a few words why: the region reads it before it answers."))
    most = MOST_HOURS if kind == KIND.ASKED else MOST_HOURS_BROKEN
    admins = admins_of(region)
    try:
        with transaction.atomic():
            access = SupportAccess.objects.create(
                region=region,
                operator=operator,
                operator_name=str(operator)[:120],
                reason=told[:400],
                hours=min(max(hours, 1), most),
                kind=kind,
            )
            SupportEvent.objects.create(access=access, move="ask", before="", after=STATE.ASKED, by=operator.actor)
            if kind == KIND.ASKED:
                _mail(access, admins, "asked", *ASKED)
            _note(access, "asked", by=operator.actor, reason=access.reason)
    except IntegrityError as twice:
        raise AskedAlready(_("You have a request or an access to this region already.")) from twice
    if kind == KIND.ASKED:
        _write_in_region(access, "asked")
    return access


def confirm_broken(*, access: SupportAccess, second: User) -> SupportAccess:
    """A second operator agrees that the glass is broken: the access is open, and the region is told at once.

    Raises:  NeedsAnother for the one who asked; StaleDocument.
    """
    if access.kind != KIND.BREAK_GLASS or access.operator_id == second.pk:
        raise NeedsAnother(_("Somebody else must agree: two operators break the glass, never one."))
    admins = admins_of(access.region)
    with transaction.atomic():
        fresh = _open(access, by=second.actor)
        if fresh:
            # In the same transaction: it is never open without the region being told.
            _mail(access, admins, "broken", *BROKEN)
            _note(access, "glass_broken", by=second.actor, reason=access.reason)
    if fresh:
        _write_in_region(access, "broken")
    return access


def withdraw(*, access: SupportAccess, by: str) -> None:
    """The operator no longer asks."""
    _close(access, "withdraw", by=by)


def end(*, access: SupportAccess, by: str) -> None:
    """The operator has finished."""
    _close(access, "end", by=by)


def end_all_of(user: User, *, by: str) -> int:
    """Who operates no more, or as less than support, or lost a device, is in no region from now on. Returns of how many."""
    rows = list(SupportAccess.objects.filter(operator=user, state__in=[STATE.ASKED, STATE.OPEN]))
    for access in rows:
        _close(access, "withdraw" if access.state == STATE.ASKED else "end", by=by)
    return len(rows)


def expire_due() -> int:
    """Accesses whose time is over are closed, and requests that nobody answered. They let nobody in before that either."""
    now = clock.now()
    over = SupportAccess.objects.filter(state=STATE.OPEN, until__lte=now)
    forgotten = SupportAccess.objects.filter(state=STATE.ASKED, asked_at__lt=now - ANSWER_WITHIN)
    closed = 0
    for access in [*over, *forgotten]:
        # The region, or the operator, may have closed it a moment ago.
        with suppress(StaleDocument):
            _close(access, "expire", by="system:support")
            closed += 1
    return closed


def accept(*, access: SupportAccess, by: str) -> None:
    """In the region: its admin lets the operator in, for the hours that were asked for.

    Raises:  StaleDocument; NeedsAnother for glass, which is not the region's to break.
    """
    if access.kind != KIND.ASKED:
        raise NeedsAnother(_("This one waits for a second operator, not for you."))
    with transaction.atomic():
        if _open(access, by=by):
            record("support.accepted", by=by, target=access.actor, details={"hours": access.hours})


def refuse(*, access: SupportAccess, by: str) -> None:
    """In the region: its admin says no."""
    _close_in_region(access, "refuse", by=by)


def revoke(*, access: SupportAccess, by: str) -> None:
    """In the region: its admin ends the access; the operator's next request finds the door shut."""
    _close_in_region(access, "revoke", by=by)


def ticket(*, access: SupportAccess) -> str:
    """The way into the region, good once and for a minute. On the platform.

    Raises:  TicketRefused for an access that is not open.
    """
    if not access.lets_in:
        raise TicketRefused(_("This access is not open."))
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        SupportAccess.objects.filter(pk=access.pk).update(
            ticket_digest=_digest(token), ticket_until=clock.now() + TICKET_FOR
        )
        _note(access, "entered", by=access.operator.actor)
    return token


def use_ticket(token: str) -> SupportAccess:
    """In the region: the access that this ticket belongs to. It is used up.

    Raises:  TicketRefused.
    """
    rows = SupportAccess.objects.filter(
        ticket_digest=_digest(token), ticket_until__gt=clock.now(), state=STATE.OPEN, until__gt=clock.now()
    )
    with transaction.atomic():
        access = rows.first()
        if access is None or not rows.filter(pk=access.pk).update(ticket_digest="", ticket_until=None):
            raise TicketRefused(_("This way in was used, or is too old. Open it again from the console."))
        record("support.entered", by=access.actor, target=access.actor, details={"name": access.operator_name})
    return access


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _open(access: SupportAccess, *, by: str) -> bool:
    now = clock.now()
    # The end first: the database refuses an open access without one.
    rows = SupportAccess.objects.filter(pk=access.pk, state=STATE.ASKED)
    rows.update(opened_at=now, until=now + timedelta(hours=access.hours))
    moved = move(access, "open", by=by)
    access.refresh_from_db()
    return moved


def _close(access: SupportAccess, step: str, *, by: str) -> None:
    with transaction.atomic():
        if move(access, step, by=by):
            SupportAccess.objects.filter(pk=access.pk).update(closed_at=clock.now(), ticket_digest="")
            _note(access, str(access.state), by=by)


def _close_in_region(access: SupportAccess, step: str, *, by: str) -> None:
    with transaction.atomic():
        if move(access, step, by=by):
            SupportAccess.objects.filter(pk=access.pk).update(closed_at=clock.now(), ticket_digest="")
            record(f"support.{access.state}", by=by, target=access.actor)


def _note(access: SupportAccess, what: str, *, by: str, reason: str = "") -> None:
    record(
        f"support.{what}",
        by=by,
        target=access.actor,
        region=access.region.public_id,
        reason=reason,
        details={"hours": access.hours, "kind": access.kind},
    )


def _mail(access: SupportAccess, admins: list[Admin], what: str, subject: Promise, body: Promise) -> None:
    """The region's admins get a mail once the open transaction commits."""
    tell_admins(
        admins,
        subject,
        body,
        dedupe=f"support.{what}:{access.public_id}",
        name=access.operator_name,
        reason=access.reason,
        hours=access.hours,
        page=region_url(access.region, PAGE),
    )


def _write_in_region(access: SupportAccess, what: str) -> None:
    with in_region(access.region):
        record(
            f"support.{what}",
            by=access.actor,
            target=access.actor,
            reason=access.reason,
            details={"hours": access.hours, "name": access.operator_name},
        )
