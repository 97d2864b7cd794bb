"""A region is shut and opened again.

Shut is shut for everybody, its own admins too: a door that lets some in lets more in some day. Admins get their data by a link
(`tenants.lifecycle.handing`). Docs: docs/lifecycle.md, docs/adr/0023.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.context import on_platform
from tenants.lifecycle.errors import NotInThisState, ReasonMissing
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import admins_of
from tenants.lifecycle.letters import tell_admins
from tenants.lifecycle.locks import hold
from tenants.lifecycle.models import Closing
from tenants.models import ReadOnlyBecause, Region, RegionStatus
from tenants.outbox.services import leave_now
from tenants.read_only import lift_read_only, make_read_only


def suspend(*, region: Region, by: str, reason: str, told: str = "") -> bool:
    """Nobody enters the region and nothing in it runs, within five seconds everywhere. `told` is read by its visitors.

    States:  ready -> suspended. Suspending twice changes nothing.
    Raises:  ReasonMissing; NotInThisState; RestoreUnderWay.
    Writes:  history; mail to the region's admins. Not inside a transaction.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    admins = admins_of(region)
    with on_platform(), transaction.atomic():
        held = hold(region)
        if held.status == RegionStatus.SUSPENDED:
            return False
        _must_be(held, RegionStatus.READY)
        event = _step(held, "suspend", RegionStatus.SUSPENDED, by=by, reason=reason, told=told)
        tell_admins(
            admins,
            gettext_lazy("%(name)s is suspended"),
            gettext_lazy(
                "The central operator has suspended %(name)s. Nobody can enter it until it is opened again; its data stay"
                " as they are.\n\nReason: %(reason)s\n\nAnswer this mail's sender to ask for a copy of the data."
            ),
            dedupe=f"suspend:{event}",
            name=held.name,
            reason=reason,
        )
    return True


def reactivate(*, region: Region, by: str, reason: str) -> bool:
    """The region answers again; what waited in its outbox leaves.

    States:  suspended -> ready. Repeating it changes nothing.
    Raises:  ReasonMissing; NotInThisState; RestoreUnderWay.
    Writes:  history; mail to the region's admins. Not inside a transaction.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    admins = admins_of(region)
    with on_platform(), transaction.atomic():
        held = hold(region)
        if held.status == RegionStatus.READY:
            return False
        _must_be(held, RegionStatus.SUSPENDED)
        event = _step(held, "reactivate", RegionStatus.READY, by=by, reason=reason)
        leave_now(held)
        tell_admins(
            admins,
            gettext_lazy("%(name)s is open again"),
            gettext_lazy("%(name)s is open again, with everything as it was.\n\n%(reason)s"),
            dedupe=f"reactivate:{event}",
            name=held.name,
            reason=reason,
        )
    return True


def hold_still(*, region: Region, by: str, reason: str) -> bool:
    """The milder step: people go on reading the region, and nothing in it changes. False if operators decided so before.

    Raises:  ReasonMissing; NotInThisState for a region that is not open. Not inside a transaction.
    """
    return _read_only(region, by=by, reason=reason, begins=True)


def let_go_on(*, region: Region, by: str, reason: str) -> bool:
    """Operators no longer keep the region from being changed; an unpaid bill may. False if they did not.

    Raises:  ReasonMissing; NotInThisState for a region that is not open. Not inside a transaction.
    """
    return _read_only(region, by=by, reason=reason, begins=False)


def _read_only(region: Region, *, by: str, reason: str, begins: bool) -> bool:
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    admins = admins_of(region)
    with on_platform(), transaction.atomic():
        held = hold(region)
        _must_be(held, RegionStatus.READY)
        change = make_read_only if begins else lift_read_only
        if not change(region=held, because=ReadOnlyBecause.OPERATOR):
            return False
        event = note(held, "hold" if begins else "lift", by=by, reason=reason)
        tell_admins(
            admins,
            gettext_lazy("%(name)s can only be read for now") if begins else gettext_lazy("%(name)s works again"),
            gettext_lazy(
                "The central operator has decided that nothing in %(name)s is changed for now. People can read everything,"
                " and take out their savings.\n\nReason: %(reason)s"
            )
            if begins
            else gettext_lazy("The central operator lets %(name)s work again.\n\n%(reason)s"),
            dedupe=f"read-only:{event.pk}",
            name=held.name,
            reason=reason,
        )
    return True


def open_closing(region: Region) -> Closing | None:
    """The region's closing that can still be taken back, if there is one. On the platform."""
    return (
        Closing.objects.filter(region=region, state__in=[Closing.State.ANNOUNCED, Closing.State.CLOSED])
        .select_related("region")
        .first()
    )


def _must_be(region: Region, status: RegionStatus) -> None:
    if region.status != status:
        raise NotInThisState(
            _("%(name)s is %(status)s now, so that step is not possible. Look at it again.")
            % {"name": region.name, "status": region.get_status_display()}
        )


def _step(region: Region, move: str, to: RegionStatus, *, by: str, reason: str, told: str = "") -> int:
    before = region.status
    Region.objects.filter(pk=region.pk).update(status=to, status_note=told[:300])
    region.status = to
    return note(region, move, before=before, after=to, by=by, reason=reason, details={"told": told} if told else {}).pk
