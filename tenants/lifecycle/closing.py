"""A region closes for good: announced, shut on its day, its data deleted on a later one. Until then it can be taken back.

The beat asks `tend` often; each step is one transaction and safe to repeat, so a killed worker is gone on with.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.backup import loading, sides
from tenants.backup.archive import opened
from tenants.backup.errors import BackupError
from tenants.backup.exporting import slug_of
from tenants.backup.restoring import DRAIN_S, wipe
from tenants.context import on_platform
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.lifecycle import handing
from tenants.lifecycle.errors import DayOutOfRange, MoneyOwed, NotInThisState, NotTyped, ReasonMissing
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import Owed, admins_of, debts_of, tell_gone
from tenants.lifecycle.letters import tell_admins
from tenants.lifecycle.locks import hold, hold_closing
from tenants.lifecycle.models import Closing, HandedArchive
from tenants.models import Region, RegionStatus
from tenants.outbox.services import leave_now
from tenants.provisioning import schema_exists

log = logging.getLogger(__name__)

State = Closing.State
BY = "system:lifecycle"
UNDER_WAY = (State.ANNOUNCED, State.CLOSED, State.DELETING)

# From the announcement to the day on which the region is shut, and from there to the deletion.
NOTICE = (timedelta(days=14), timedelta(days=365))
KEPT = (timedelta(days=30), timedelta(days=365))
_A_DAY = timedelta(days=1)


def announce(
    *,
    region: Region,
    by: str,
    reason: str,
    typed_slug: str,
    closes_at: datetime,
    deletes_at: datetime,
    settlement: str = "",
) -> Closing:
    """The region closes on a day that its people are told of; it works as before until then.

    `settlement` says how money that the region owes to people is given back; needed only where it owes some.
    Raises:  ReasonMissing, NotTyped, DayOutOfRange, MoneyOwed, NotInThisState (also when it closes already).
    Writes:  the closing; history; mail to the region's admins. Not inside a transaction.
    """
    now = clock.now()
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    with on_platform():
        if typed_slug.strip() != slug_of(region):
            raise NotTyped(_("Type the region's short name exactly, to show that you mean this one."))
    # A form gives a whole day; an hour that has passed since must not refuse the first one of them.
    if not NOTICE[0] - _A_DAY <= closes_at - now <= NOTICE[1]:
        raise DayOutOfRange(
            _("Between %(least)s and %(most)s days from now the region may be shut.")
            % {"least": NOTICE[0].days, "most": NOTICE[1].days}
        )
    if not KEPT[0] <= deletes_at - closes_at <= KEPT[1]:
        raise DayOutOfRange(
            _("Its data are kept for %(least)s to %(most)s days after it is shut.")
            % {"least": KEPT[0].days, "most": KEPT[1].days}
        )
    owed = debts_of(region)
    _must_be_settled(owed, settlement)
    admins = admins_of(region)
    with on_platform(), transaction.atomic():
        held = hold(region)
        if held.status not in (RegionStatus.READY, RegionStatus.SUSPENDED):
            raise NotInThisState(
                _("%(name)s is %(status)s now, so that step is not possible. Look at it again.")
                % {"name": held.name, "status": held.get_status_display()}
            )
        if Closing.objects.filter(region=region, state__in=UNDER_WAY).exists():
            raise NotInThisState(_("%(name)s is closing already.") % {"name": held.name})
        closing = Closing.objects.create(
            region=held, reason=reason, by=by, settlement=settlement.strip(), closes_at=closes_at, deletes_at=deletes_at
        )
        Region.objects.filter(pk=held.pk).update(closes_at=closes_at)
        note(
            held,
            "announce_closing",
            by=by,
            reason=reason,
            details={
                "closing": str(closing.public_id),
                "closes_at": closes_at.isoformat(),
                "deletes_at": deletes_at.isoformat(),
                "settlement": settlement.strip(),
                "owed": sum(one.amount for one in owed),
            },
        )
        tell_admins(
            admins,
            gettext_lazy("%(name)s closes on %(day)s"),
            gettext_lazy(
                "The central operator closes %(name)s on %(day)s.\n\nReason: %(reason)s\n\nUntil then everything works as"
                " before. On that day the region is shut and you get a link to all its data; on %(deleted)s they are deleted"
                " here. Up to then it can be taken back: tell the central operator."
            ),
            dedupe=f"closing:{closing.public_id}",
            name=held.name,
            reason=reason,
            day=_day(closes_at),
            deleted=_day(deletes_at),
        )
    return closing


def undo(*, closing: Closing, by: str, reason: str) -> bool:
    """The region does not close: it is what it was before. Possible until the deletion of its data begins.

    States:  announced, closed -> undone. Repeating it changes nothing.
    Raises:  ReasonMissing; StaleDocument once the deletion has begun; NotInThisState where the data are gone by another
             way. Not inside a transaction.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    admins = admins_of(closing.region) if schema_exists_of(closing.region) else []
    with on_platform(), transaction.atomic():
        held = hold_closing(closing)
        before = held.status_before
        if held.state == State.CLOSED and not schema_exists(held.region):
            raise NotInThisState(_("%(name)s is not here any more.") % {"name": held.region.name})
        if not move(held, "undo", by=by, reason=reason):
            return False
        Region.objects.filter(pk=held.region_id).update(closes_at=None)
        if before:
            Region.objects.filter(pk=held.region_id, status=RegionStatus.CLOSED).update(status=before, status_note="")
            held.region.refresh_from_db()
            if before == RegionStatus.READY:
                leave_now(held.region)
        tell_admins(
            admins,
            gettext_lazy("%(name)s does not close"),
            gettext_lazy("The closing of %(name)s is taken back. It works as before.\n\n%(reason)s"),
            dedupe=f"closing-undone:{held.public_id}",
            name=held.region.name,
            reason=reason,
        )
    _look_again(closing)
    return True


def tend(closing: Closing, *, drain_s: float = DRAIN_S) -> str:
    """What is due of this closing is done. Returns its state afterwards. Not inside a transaction; safe to repeat.

    What stands in the way is written into `held_because`, and tried again next time.
    """
    _look_again(closing)
    try:
        if closing.state == State.ANNOUNCED and closing.closes_at <= clock.now():
            _shut(closing)
        if closing.state == State.CLOSED:
            archive = handing_of(closing)
            if not handing.is_there(archive) and schema_exists_of(closing.region):
                handing.fulfil(archive, drain_s=drain_s)
            if closing.deletes_at <= clock.now():
                _begin_deletion(closing)
        if closing.state == State.DELETING:
            _delete(closing)
    except (MoneyOwed, BackupError) as refusal:
        _hold(closing, str(refusal))
    except Exception as failure:
        log.exception("the closing of %s stands still", closing.region_id)
        _hold(closing, f"{type(failure).__name__}: {failure}")
    _look_again(closing)
    return str(closing.state)


def due() -> list[int]:
    """Closings for which something is to be done now. On the platform."""
    now = clock.now()
    announced = Closing.objects.filter(state=State.ANNOUNCED, closes_at__lte=now)
    # A file that was removed while the data are kept is made anew.
    unhanded = Closing.objects.filter(state=State.CLOSED).exclude(
        archive__made_at__isnull=False, archive__removed_at__isnull=True
    )
    deletable = Closing.objects.filter(state=State.CLOSED, deletes_at__lte=now)
    begun = Closing.objects.filter(state=State.DELETING)
    return sorted({pk for rows in (announced, unhanded, deletable, begun) for pk in rows.values_list("pk", flat=True)})


def handing_of(closing: Closing) -> HandedArchive:
    """The archive that belongs to this closing. Raises DoesNotExist before it is shut."""
    with on_platform():
        return HandedArchive.objects.select_related("region").get(closing=closing)


def schema_exists_of(region: Region) -> bool:
    """Whether its data are here."""
    with on_platform():
        return schema_exists(region)


def _look_again(closing: Closing) -> None:
    with on_platform():
        closing.refresh_from_db(from_queryset=Closing.objects.select_related("region"))


def _shut(closing: Closing) -> None:
    _must_be_settled(debts_of(closing.region), closing.settlement)
    with on_platform(), transaction.atomic():
        held = hold_closing(closing)
        if held.state != State.ANNOUNCED:
            return
        held.status_before, held.held_because = held.region.status, ""
        held.save(update_fields=["status_before", "held_because"])
        move(held, "close", by=BY, reason=held.reason)
        Region.objects.filter(pk=held.region_id).update(status=RegionStatus.CLOSED, status_note="", closes_at=None)
        HandedArchive.objects.create(region=held.region, closing=held, by=BY)
    _look_again(closing)


def _begin_deletion(closing: Closing) -> None:
    """From here on nobody takes it back: written down before the trial, which lasts for minutes."""
    with on_platform(), transaction.atomic():
        held = hold_closing(closing)
        if held.state == State.CLOSED:
            move(held, "begin_deletion", by=BY)
    _look_again(closing)


def _delete(closing: Closing) -> None:
    """Everything of the region leaves this installation, once the archive has been shown to bring it back.

    States:  deleting -> deleted; back to closed where the archive does not hold. A killed worker's is gone on with.
    """
    region, archive = closing.region, handing_of(closing)
    if schema_exists_of(region):
        try:
            _try_and_wipe(closing, archive)
        except Exception:
            with on_platform(), transaction.atomic():
                held = hold_closing(closing)
                if held.state == State.DELETING and schema_exists(region):
                    move(held, "stop_deletion", by=BY)
            raise
    with on_platform(), transaction.atomic():
        held = hold_closing(closing)
        if held.state != State.DELETING:
            return
        move(held, "delete", by=BY)
        held.held_because = ""
        held.save(update_fields=["held_because"])
        note(
            held.region,
            "data_deleted",
            by=BY,
            details={"archive": str(archive.public_id), "sha256": archive.sha256, "schema": region.schema_name},
        )
        tell_gone(held.region)


def _try_and_wipe(closing: Closing, archive: HandedArchive) -> None:
    region = closing.region
    if not handing.holds(archive):
        raise BackupError("The archive's file is gone or is not what it was: nothing is deleted.")
    _must_come_back(region, archive)
    with on_platform():
        Closing.objects.filter(pk=closing.pk).update(verified_at=clock.now())
        typed = slug_of(region)
    # It compares every row and file once more, in the transaction that drops them.
    wipe(
        region=region,
        typed_slug=typed,
        archive=handing.file_of(archive),
        drain_s=0,
        must_hold=partial(_must_be_deleting, closing),
    )


def _must_be_deleting(closing: Closing) -> None:
    """Locks the closing: a worker that slept while another one gave up finds that it may not go on."""
    held = hold_closing(closing)
    if held.state != State.DELETING or held.region.status != RegionStatus.CLOSED:
        raise BackupError("The closing is not what it was when the deletion began: nothing is deleted.")


def _must_come_back(region: Region, archive: HandedArchive) -> None:
    """The archive is loaded once, checked row by row and by every proof, and dropped again. Raises BackupError."""
    with opened(handing.file_of(archive)) as reader:
        loading.recipe_for(reader.manifest)
        with sides.new_side(reader.manifest, None) as side:
            loading.fill_schema(reader=reader, schema=side.schema_name, region=region)
    sides.drop(side)


def _must_be_settled(owed: list[Owed], settlement: str) -> None:
    if owed and not settlement.strip():
        raise MoneyOwed(
            _(
                "The region owes people %(amount)s rupiah. Say how they get their money before it closes, "
                "or wait until they have it."
            )
            % {"amount": f"{sum(one.amount for one in owed):,}".replace(",", ".")},
            owed=owed,
        )


def _hold(closing: Closing, why: str) -> None:
    with on_platform(), transaction.atomic():
        held = hold_closing(closing)
        if held.held_because != why:
            Closing.objects.filter(pk=closing.pk).update(held_because=why)
            note(held.region, "closing_held", by=BY, reason=why)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "j F Y")
