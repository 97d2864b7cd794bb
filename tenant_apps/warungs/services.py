"""Registering, opening and closing warungs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, time
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from tenant_apps.accounts.access import Role
from tenant_apps.accounts.services.inviting import Issued, invite
from tenant_apps.accounts.services.roles import revoke_role
from tenant_apps.warungs.errors import BadDelivery, BadHours, NotReady, OutsideRegion, WarungClosed, WarungStandsHere
from tenant_apps.warungs.models import (
    DeliverySlot,
    DeliveryZone,
    Kind,
    Neighbourhood,
    OpeningHours,
    PreorderTerms,
    Warung,
    WarungStaff,
    WarungState,
)
from tenant_apps.warungs.selectors import Point
from tenants.identity.models import User
from tenants.kernel.moves import move

# Words that stand in an address where a warung's could: /keranjang/bayar/.
RESERVED = frozenset({"bayar"})


def register_warung(
    *,
    name: str,
    village_code: str,
    by: str,
    rw: int | None = None,
    rt: int | None = None,
    address: str = "",
    phone: str = "",
    delivers: bool = False,
    pickup: bool = True,
    delivery_fee: int = 0,
    kind: Kind = Kind.WARUNG,
) -> Warung:
    """A new warung, being prepared (DRAFT) and nobody's until an invited owner accepts. `delivery_fee` is in rupiah.

    A Fresh Food stand is run by the people of the Satker from the start.

    Raises:  OutsideRegion.
    """
    _must_be_ours(village_code)
    base = slugify(name)[:50] or "warung"
    if base in RESERVED:
        base = f"warung-{base}"
    for number in range(1, 1000):
        slug = base if number == 1 else f"{base}-{number}"
        try:
            with transaction.atomic():
                warung = Warung.objects.create(
                    name=name.strip(),
                    slug=slug,
                    kind=kind,
                    village_code=village_code,
                    rw=rw,
                    rt=rt,
                    address=address.strip(),
                    phone=phone.strip(),
                    delivers=delivers,
                    pickup=pickup,
                    delivery_fee=delivery_fee,
                )
                warung.history.create(move="register", before="", after=warung.state, by=by)
                return warung
        except IntegrityError as refused:
            if "slug" not in str(refused):
                raise
    raise LookupError(f"no free address for {name!r}")


def save_warung(
    *,
    warung: Warung,
    name: str,
    village_code: str,
    rw: int | None,
    rt: int | None,
    address: str,
    phone: str,
    delivers: bool,
    pickup: bool,
    delivery_fee: int,
    note: str,
) -> Warung:
    """The warung's particulars change; its address on the site (slug) stays.

    Raises:  OutsideRegion.
    """
    _must_be_ours(village_code)
    warung.name, warung.village_code, warung.rw, warung.rt = name.strip(), village_code, rw, rt
    warung.address, warung.phone, warung.note = address.strip(), phone.strip(), note.strip()
    warung.delivers, warung.pickup, warung.delivery_fee = delivers, pickup, delivery_fee
    warung.save(
        update_fields=[
            "name", "village_code", "rw", "rt", "address", "phone", "note", "delivers", "pickup", "delivery_fee",
        ]
    )  # fmt: skip
    return warung


def set_hours(*, warung: Warung, hours: Sequence[tuple[int, time, time]]) -> None:
    """The warung's week: (weekday from Monday 0, opens, closes). A closing time not after the opening lies on the next day.

    Raises:  BadHours when two openings of a day begin at the same time.
    """
    if len({(weekday, opens) for weekday, opens, _closes in hours}) != len(hours):
        raise BadHours(_("Two openings of one day begin at the same time."))
    with transaction.atomic():
        Warung.objects.select_for_update().get(pk=warung.pk)
        OpeningHours.objects.filter(warung=warung).delete()
        OpeningHours.objects.bulk_create(
            [OpeningHours(warung=warung, weekday=day, opens=opens, closes=closes) for day, opens, closes in hours]
        )


def set_terms(
    *, warung: Warung, valid_from: date, cutoff: time, lead_days: int, weekdays: Collection[int]
) -> PreorderTerms:
    """From `valid_from` on, the stand delivers on these weekdays (Monday 0) what was ordered until the cut-off before.

    Days before it follow the earlier terms; the same date again takes the place of what was written for it.

    Raises:  BadDelivery.
    """
    if warung.kind != Kind.FRESH or not weekdays or not 0 <= lead_days <= 7 or not set(weekdays) <= set(range(7)):
        raise BadDelivery(_("Choose the delivery days, and a cut-off at most a week before."))
    days = ",".join(str(day) for day in sorted(set(weekdays)))
    found, _fresh = PreorderTerms.objects.update_or_create(
        warung=warung, valid_from=valid_from, defaults={"cutoff": cutoff, "lead_days": lead_days, "weekdays": days}
    )
    return found


def put_on_map(*, warung: Warung, point: Point | None) -> None:
    """The warung stands there, and those near it find it by the way; None takes it off the map."""
    warung.latitude = None if point is None else _degrees(point.latitude)
    warung.longitude = None if point is None else _degrees(point.longitude)
    warung.save(update_fields=["latitude", "longitude"])


def _degrees(value: float) -> Decimal:
    """To the sixth place: a hand's breadth."""
    return Decimal(f"{value:.6f}")


def set_minimum(*, warung: Warung, minimum_order: int) -> None:
    """The warung delivers from so many rupiah of goods on, where no zone says otherwise."""
    warung.minimum_order = minimum_order
    warung.save(update_fields=["minimum_order"])


def set_zone(*, warung: Warung, village_code: str, rw: int | None, fee: int, minimum_order: int) -> DeliveryZone:
    """The warung brings goods there for this fee; the same place again takes the new figures.

    Raises:  OutsideRegion.
    """
    _must_be_ours(village_code)
    found, _fresh = DeliveryZone.objects.update_or_create(
        warung=warung, village_code=village_code, rw=rw, defaults={"fee": fee, "minimum_order": minimum_order}
    )
    return found


def remove_zone(*, zone: DeliveryZone) -> None:
    """Nothing is brought there any more; without any zone the warung's own fee counts everywhere."""
    DeliveryZone.objects.filter(pk=zone.pk).delete()


def set_slot(*, warung: Warung, weekday: int, starts: time, ends: time, capacity: int) -> DeliverySlot:
    """The warung brings goods in this part of the weekday, to so many customers.

    Raises:  BadDelivery when it ends before it begins, or overlaps another one of the day.
    """
    if ends <= starts:
        raise BadDelivery(_("The delivery time ends after it begins."))
    with transaction.atomic():
        Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)
        others = DeliverySlot.objects.filter(warung=warung, weekday=weekday).exclude(starts=starts)
        if others.filter(starts__lt=ends, ends__gt=starts).exists():
            raise BadDelivery(_("Two delivery times of a day overlap."))
        found, _fresh = DeliverySlot.objects.update_or_create(
            warung=warung, weekday=weekday, starts=starts, defaults={"ends": ends, "capacity": capacity}
        )
    return found


def remove_slot(*, slot: DeliverySlot) -> None:
    """Nobody can choose it any more; orders that were placed keep their time."""
    DeliverySlot.objects.filter(pk=slot.pk).delete()


def give_to_owner(*, warung: Warung, user: User) -> None:
    """The warung belongs to this person from now on. They get the role with it through their invitation."""
    warung.owner = user
    warung.save(update_fields=["owner"])


def add_staff(*, warung: Warung, user: User) -> None:
    """This person may do everything at the counter. Adding twice changes nothing."""
    WarungStaff.objects.get_or_create(warung=warung, user=user)


def remove_staff(*, warung: Warung, user: User, by: str) -> None:
    """This person no longer helps here; without another warung they lose the role. Removing twice changes nothing."""
    with transaction.atomic():
        gone, _rows = WarungStaff.objects.filter(warung=warung, user=user).delete()
        if gone and not WarungStaff.objects.filter(user=user).exists():
            revoke_role(user=user, role=Role.STAFF, by=by)


def invite_to_warung(*, warung: Warung, role: Role, name: str, email: str, phone: str, by: str) -> Issued:
    """Somebody may become the warung's owner, or one of its staff, by following a link.

    Raises:  WarungClosed for one that has ended; AlreadyInvited.
    """
    if role not in ROLES_WITH_WARUNG:
        raise ValueError(f"{role} belongs to no warung")
    if warung.state == WarungState.CLOSED:
        raise WarungClosed(_("%(warung)s is closed for good.") % {"warung": warung.name})
    return invite(role=role, name=name, email=email, phone=phone, subject=warung.public_id, by=by)


def open_warung(*, warung: Warung, by: str) -> bool:
    """Citizens may order. States: draft, paused -> open.

    Raises:  NotReady without an owner or opening hours; a Fresh Food stand needs its cut-off instead.
    """
    if warung.kind == Kind.FRESH:
        if not warung.terms.exists():
            raise NotReady(_("Write down the delivery days and the cut-off first."))
        with transaction.atomic():
            return move(warung, "open", by=by)
    if warung.owner_id is None:
        raise NotReady(_("Invite the owner first; the warung opens when somebody answers for it."))
    if not warung.hours.exists():
        raise NotReady(_("Write down the opening hours first."))
    with transaction.atomic():
        return move(warung, "open", by=by)


def pause_warung(*, warung: Warung, by: str, reason: str = "") -> bool:
    """No new orders for now; those placed go on. States: open -> paused."""
    with transaction.atomic():
        return move(warung, "pause", by=by, reason=reason)


def close_warung(*, warung: Warung, by: str, reason: str) -> bool:
    """The warung ends. States: any -> closed."""
    with transaction.atomic():
        return move(warung, "close", by=by, reason=reason)


def set_neighbourhood(*, village_code: str, rw: int, rt_count: int) -> Neighbourhood:
    """An RW of a kelurahan and how many RT it has."""
    found, _fresh = Neighbourhood.objects.update_or_create(
        village_code=village_code, rw=rw, defaults={"rt_count": rt_count}
    )
    return found


def save_neighbourhoods(*, village_code: str, rt_counts: Mapping[int, int], removed: Collection[int] = ()) -> None:
    """These RW of a kelurahan have so many RT, and the removed ones are gone.

    Raises:  OutsideRegion; WarungStandsHere when a warung is registered in an RW that would go.
    """
    _must_be_ours(village_code)
    gone = [rw for rw in removed if rw > 0]
    with transaction.atomic():
        standing = Warung.objects.filter(village_code=village_code, rw__in=gone).exclude(state=WarungState.CLOSED)
        there = standing.order_by("name").first()
        if there is not None:
            raise WarungStandsHere(
                _("%(warung)s is registered in RW %(rw)s, so that RW stays.") % {"warung": there.name, "rw": there.rw}
            )
        Neighbourhood.objects.filter(village_code=village_code, rw__in=gone).delete()
        Neighbourhood.objects.bulk_create(
            [Neighbourhood(village_code=village_code, rw=rw, rt_count=count) for rw, count in rt_counts.items()],
            update_conflicts=True,
            unique_fields=["village_code", "rw"],
            update_fields=["rt_count"],
        )


def enter_villages(*, codes: Iterable[str]) -> None:
    """Each kelurahan has its row RW 0. What was entered for it since stays."""
    Neighbourhood.objects.bulk_create(
        [Neighbourhood(village_code=code) for code in codes], ignore_conflicts=True, batch_size=1000
    )


def _must_be_ours(village_code: str) -> None:
    if not Neighbourhood.objects.filter(village_code=village_code).exists():
        raise OutsideRegion(_("Choose a kelurahan of this region."))


# What an invitation to a role may be for.
ROLES_WITH_WARUNG = (Role.OWNER, Role.STAFF)
