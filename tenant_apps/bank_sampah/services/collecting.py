"""Collection days are set, pick-ups asked for, and a round is made stop by stop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.bank_sampah.errors import BadEntry, NotCollected, PickupOnce, RoundBegun
from tenant_apps.bank_sampah.locks import lock_member, lock_pickup, lock_round, lock_unit, pickups_of_day
from tenant_apps.bank_sampah.models import (
    CollectionException,
    CollectionRound,
    CollectionRule,
    Deposit,
    Every,
    Group,
    Load,
    Member,
    PickupRequest,
    PickupState,
    SavingsBook,
    WasteUnit,
)
from tenant_apps.bank_sampah.models.rounds import LIVE
from tenant_apps.bank_sampah.selectors.rounds import AHEAD, days_of, in_order
from tenant_apps.bank_sampah.services.standing import must_be_active
from tenant_apps.bank_sampah.services.telling_of_rounds import tell_of_pickup
from tenant_apps.bank_sampah.services.weighing import Weighed, weigh_in
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

MOST_PLACES = 60
MOST_RULES = 30


@dataclass(frozen=True)
class Place:
    """Where waste is fetched."""

    rw: int | None
    rt: int | None
    address: str


@dataclass(frozen=True)
class Heap:
    """Roughly what waits there."""

    load: Load
    groups: tuple[Group, ...] = ()
    note: str = ""


def set_collection_day(
    *,
    unit: WasteUnit,
    weekday: int,
    starts: time,
    ends: time,
    by: str,
    every: Every = Every.WEEK,
    places: Sequence[int] = (),
    valid_from: date | None = None,
) -> CollectionRule:
    """The unit comes by on this weekday from now on, or from a later day.

    Units:   `weekday` from Monday 0; `places`: 100 × RW + RT, with 0 for all RTs; none means everywhere.
    Raises:  BadEntry for what cannot be.
    """
    today = clock.today(current_region().time_zone)
    begins = valid_from or today
    if not 0 <= weekday <= 6 or ends <= starts:
        raise BadEntry(_("The unit comes until a later hour than from when it comes."))
    if begins < today:
        raise BadEntry(_("A collection day begins today or later."))
    wanted = sorted(set(places))
    if len(wanted) > MOST_PLACES or any(not 100 <= one <= 9_999 for one in wanted):
        raise BadEntry(_("Write down at most 60 places, each with an RW from 1 to 99."))
    with transaction.atomic():
        lock_unit(unit)
        if CollectionRule.objects.filter(unit=unit, valid_until__isnull=True).count() >= MOST_RULES:
            raise BadEntry(_("A unit has at most 30 collection days. End one first."))
        return CollectionRule.objects.create(
            unit=unit,
            weekday=weekday,
            every=every,
            starts=starts,
            ends=ends,
            places=wanted,
            valid_from=begins,
            by=by,
            at=clock.now(),
        )


def end_collection_day(*, rule: CollectionRule) -> CollectionRule:
    """Today is the last day on which it holds. Who asked for a later day stays on the list until the unit refuses."""
    today = clock.today(current_region().time_zone)
    if rule.valid_until is None or rule.valid_until > today:
        rule.valid_until = today
        rule.save(update_fields=["valid_until"])
    return rule


def skip_day(*, unit: WasteUnit, day: date, reason: str, by: str) -> CollectionException:
    """The unit does not come on this day. Who asked for it is told.

    States:  pick-ups of the day ASKED -> REFUSED. Skipping twice changes nothing.
    Raises:  BadEntry without a reason or for a day that is over; RoundBegun.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why the unit does not come."))
    if day < clock.today(current_region().time_zone):
        raise BadEntry(_("That day is over."))
    with transaction.atomic():
        lock_unit(unit)
        if lock_round(unit, day) is not None:
            raise RoundBegun(_("The round of that day has begun already."))
        made, new = CollectionException.objects.get_or_create(
            unit=unit, day=day, defaults={"reason": reason, "by": by, "at": clock.now()}
        )
        if new:
            for one in pickups_of_day(unit, day):
                if one.state == PickupState.ASKED:
                    _settle(one, "refuse", by, reason)
    return made


def come_after_all(*, unit: WasteUnit, day: date) -> None:
    """The unit comes on this day as its rules say. Who was refused asks anew."""
    CollectionException.objects.filter(unit=unit, day=day).delete()


def ask_pickup(*, member: Member, day: date, key: UUID, place: Place, heap: Heap, by: str) -> PickupRequest:
    """The member's unit shall fetch waste on one of its next collection days, once for its `key` and once a day.

    States:  -> ASKED.
    Raises:  BadEntry; MemberClosed; NotCollected for a day or place to which the unit does not come; PickupOnce.
    Writes:  the pick-up, its history.
    """
    with transaction.atomic():
        unit = lock_unit(member.unit)
        member = lock_member(member)
        before = PickupRequest.objects.filter(key=key).first()
        if before is not None:
            if (before.member_id, before.day) != (member.pk, day):
                raise BadEntry(_("This was asked for before for another day. Begin anew."))
            return before
        must_be_active(member)
        address = " ".join(place.address.split())[:240]
        if not address or (place.rt is not None and place.rw is None):
            raise BadEntry(_("Write down the street and number, and the RW of the RT."))
        _must_be_a_day(unit, day, place)
        if PickupRequest.objects.filter(member=member, day=day, state__in=LIVE).exists():
            raise PickupOnce(_("A pick-up is asked for on that day already."))
        made = save_numbered(
            PickupRequest(
                key=key,
                unit=unit,
                member=member,
                day=day,
                rw=place.rw,
                rt=place.rt,
                address=address,
                load=heap.load,
                groups=[one.value for one in Group if one in heap.groups],
                note=heap.note.strip()[:240],
                at=clock.now(),
                by=by,
            )
        )
        made.history.create(move="ask", after=PickupState.ASKED, by=by)
    return made


def cancel_pickup(*, pickup: PickupRequest, by: str) -> PickupRequest:
    """Nothing is to be fetched.

    States:  ASKED -> CANCELLED.
    Raises:  RoundBegun once the unit's people have set off; StaleDocument.
    """
    with transaction.atomic():
        pickup = lock_pickup(pickup)
        if pickup.state in (PickupState.ON_ROUND, PickupState.COLLECTED, PickupState.MISSED):
            raise RoundBegun(_("The people of the unit have set off already. Tell them at the door."))
        move(pickup, "cancel", by=by)
    return pickup


def begin_round(*, unit: WasteUnit, day: date, by: str) -> CollectionRound:
    """The unit's people set off; each member on the list is told.

    States:  pick-ups ASKED -> ON_ROUND. Beginning twice changes nothing.
    Raises:  BadEntry for another day than today, or where nobody asked.
    Writes:  the round, history.
    """
    if day != clock.today(current_region().time_zone):
        raise BadEntry(_("A round begins on its day."))
    with transaction.atomic():
        unit = lock_unit(unit)
        before = lock_round(unit, day)
        if before is not None:
            return before
        asked = [one for one in pickups_of_day(unit, day) if one.state == PickupState.ASKED]
        if not asked:
            raise BadEntry(_("Nobody asked for a pick-up on that day."))
        made = CollectionRound.objects.create(unit=unit, day=day, begun_at=clock.now(), begun_by=by)
        PickupRequest.objects.filter(pk__in=[one.pk for one in asked]).update(round=made)
        for one in asked:
            move(one, "set_off", by=by)
            tell_of_pickup(one)
    return made


def move_stop(*, pickup: PickupRequest, up: bool) -> None:
    """The stop changes places with the one before it or after it; the order then stays as it is. At an end nothing changes."""
    with transaction.atomic():
        lock_unit(pickup.unit)
        stops = in_order(one for one in pickups_of_day(pickup.unit, pickup.day) if one.state != PickupState.CANCELLED)
        here = next((place for place, one in enumerate(stops) if one.pk == pickup.pk), None)
        there = None if here is None else here + (-1 if up else 1)
        if here is None or there is None or not 0 <= there < len(stops):
            return
        stops[here], stops[there] = stops[there], stops[here]
        for rank, one in enumerate(stops, start=1):
            one.rank = rank
        PickupRequest.objects.bulk_update(stops, ["rank"])


def collect(*, pickup: PickupRequest, book: SavingsBook, key: UUID, lines: Iterable[Weighed], by: str) -> Deposit:
    """What waited at the stop is weighed in, once for its `key`; the slip belongs to the pick-up.

    States:  ON_ROUND -> COLLECTED.
    Raises:  BadEntry for a book of another member; RoundBegun where it was collected with another slip; StaleDocument where the
             round has not begun or is over; what `weigh_in` raises.
    """
    with transaction.atomic():
        pickup = lock_pickup(pickup)
        if book.member_id != pickup.member_id:
            raise BadEntry(_("That book belongs to another member."))
        if pickup.deposit is not None:
            if pickup.deposit.key != key:
                raise RoundBegun(
                    _("This stop was weighed in already: slip %(number)s.") % {"number": pickup.deposit.number}
                )
            return pickup.deposit
        made = weigh_in(unit=pickup.unit, book=book, key=key, lines=lines, by=by)
        if pickup.state == PickupState.ON_ROUND:
            PickupRequest.objects.filter(pk=pickup.pk).update(deposit=made)
        move(pickup, "collect", by=by)
    return made


def miss_pickup(*, pickup: PickupRequest, reason: str, by: str) -> PickupRequest:
    """Nobody was there; the member is told.

    States:  ON_ROUND -> MISSED. Twice changes nothing.
    Raises:  BadEntry without a reason; StaleDocument.
    """
    return _end(pickup, "miss", reason, by)


def refuse_pickup(*, pickup: PickupRequest, reason: str, by: str) -> PickupRequest:
    """It is not taken: what waits there cannot be, or the unit does not come. The member is told.

    States:  ASKED, ON_ROUND -> REFUSED. Twice changes nothing.
    Raises:  BadEntry without a reason; StaleDocument.
    """
    return _end(pickup, "refuse", reason, by)


def end_round(*, unit: WasteUnit, day: date, by: str, reason: str = "") -> CollectionRound:
    """The unit's people are back. Who was not reached is told why.

    States:  pick-ups left ON_ROUND -> MISSED. Ending twice changes nothing.
    Raises:  BadEntry where no round began, or stops are left and no reason says why.
    """
    reason = reason.strip()[:240]
    with transaction.atomic():
        unit = lock_unit(unit)
        found = lock_round(unit, day)
        if found is None:
            raise BadEntry(_("No round of that day has begun."))
        if found.ended_at is not None:
            return found
        left = [one for one in pickups_of_day(unit, day) if one.state == PickupState.ON_ROUND]
        if left and not reason:
            raise BadEntry(
                _("%(number)s stops are left. Write down why they were not reached.") % {"number": len(left)}
            )
        for one in left:
            _settle(one, "miss", by, reason)
        found.ended_at, found.ended_by = clock.now(), by
        found.save(update_fields=["ended_at", "ended_by"])
    return found


def give_up_pickups(*, member: Member, by: str, reason: str) -> None:
    """The member leaves: nothing is fetched any more. Inside a transaction that holds the member.

    States:  ASKED -> CANCELLED; ON_ROUND -> REFUSED.
    """
    for one in PickupRequest.objects.filter(
        member=member, state__in=[PickupState.ASKED, PickupState.ON_ROUND]
    ).order_by("pk"):
        found = lock_pickup(one)
        if found.state == PickupState.ASKED:
            move(found, "cancel", by=by)
        elif found.state == PickupState.ON_ROUND:
            move(found, "refuse", by=by, reason=reason[:240])


def _end(pickup: PickupRequest, step: str, reason: str, by: str) -> PickupRequest:
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why nothing was collected."))
    with transaction.atomic():
        pickup = lock_pickup(pickup)
        _settle(pickup, step, by, reason)
    return pickup


def _settle(pickup: PickupRequest, step: str, by: str, reason: str) -> None:
    if move(pickup, step, by=by, reason=reason):
        pickup.reason = reason
        pickup.save(update_fields=["reason"])
        tell_of_pickup(pickup, reason)


def _must_be_a_day(unit: WasteUnit, day: date, place: Place) -> None:
    if not unit.is_open:
        raise NotCollected(_("%(unit)s takes no waste at the moment.") % {"unit": unit.name})
    (found,) = days_of([unit], most=AHEAD)
    on_day = [one for one in found.days if one.day == day]
    if not on_day:
        raise NotCollected(_("The unit does not come by on that day, or has set off already. Choose another day."))
    if not any(one.reaches(place.rw, place.rt) for one in on_day):
        where = "; ".join(one.where for one in on_day)
        raise NotCollected(_("On that day the unit comes by in %(where)s only.") % {"where": where})
