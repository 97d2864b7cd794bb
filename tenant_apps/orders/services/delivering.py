"""When an order comes, and what bringing it costs, asked again at the last tap."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from tenant_apps.orders.errors import NotOffered, TimeGone
from tenant_apps.orders.models import Method, Order, OrderState
from tenant_apps.warungs.delivering import OpenSlot, Reach, days_of, reach_of, slots_of
from tenant_apps.warungs.models import DeliverySlot, Kind, Warung

# An order in one of these states takes no place in its slot.
FREED = (OrderState.REJECTED, OrderState.CANCELLED, OrderState.CALLED_OFF, OrderState.EXPIRED)
# How many other documents come in these slots (by id), by slot and day: an app above this one may deliver in them too.
TakenBy = Callable[[set[int]], dict[tuple[int, date], int]]
_beside: list[TakenBy] = []


def count_places_too(taken: TakenBy) -> None:
    """What these documents take of a slot is nobody else's. For AppConfig.ready."""
    if taken not in _beside:
        _beside.append(taken)


@dataclass(frozen=True)
class When:
    """The day that the customer chose, and the part of it where the warung has delivery times."""

    day: date
    slot: UUID | None = None


def agreed_reach(warung: Warung, village_code: str, village_name: str, rw: int | None) -> Reach:
    """What delivery there costs now.

    Raises:  NotOffered where the warung does not deliver.
    """
    found = reach_of(warung, village_code, rw)
    if found is None:
        raise NotOffered(
            _("%(warung)s does not deliver to %(village)s. Choose pick-up, or another address.")
            % {"warung": warung.name, "village": village_name}
        )
    return found


def agreed_when(warung: Warung, method: Method, when: When | None) -> dict[str, Any]:
    """The order's columns for when it comes; the place in the slot is this order's while the transaction lasts.

    A warung without delivery times brings an order when it is ready, and a stand wants a day at least.
    Raises:  TimeGone.
    """
    stand = warung.kind == Kind.FRESH
    times = list(warung.slots.all()) if method == Method.DELIVERY else []
    if not stand and not times:
        return {}
    if when is None:
        raise TimeGone(_("Choose when %(warung)s may bring it.") % {"warung": warung.name})
    if stand and when.day not in {one.day for one in days_of(warung)}:
        raise TimeGone(_("%(warung)s takes no more orders for that day. Choose another one.") % {"warung": warung.name})
    if not times:
        return {"due_on": when.day}
    chosen = next(
        (one for one in slots_of(warung, times) if (one.day, one.slot.public_id) == (when.day, when.slot)), None
    )
    if chosen is None:
        raise TimeGone(_("That delivery time is over. Choose another one."))
    return _take_place(chosen)


def free_slots(warung: Warung) -> list[OpenSlot]:
    """The coming slots that have a place left. Two queries, and none more however many slots there are."""
    slots = slots_of(warung)
    taken = _taken({one.slot.pk for one in slots})
    return [one for one in slots if taken.get((one.slot.pk, one.day), 0) < one.slot.capacity]


def _take_place(chosen: OpenSlot) -> dict[str, Any]:
    # The slot's row is the lock of its places: whoever comes second counts the first one's order.
    slot = DeliverySlot.objects.select_for_update(no_key=True).filter(pk=chosen.slot.pk).first()
    if slot is None or _taken({slot.pk}).get((slot.pk, chosen.day), 0) >= slot.capacity:
        raise TimeGone(_("That delivery time is full. Choose another one."))
    return {"due_on": chosen.day, "due_from": slot.starts, "due_until": slot.ends, "slot": slot}


def _taken(slots: set[int]) -> dict[tuple[int, date], int]:
    taken: dict[tuple[int, date], int] = {}
    if slots:
        rows = Order.objects.filter(slot__in=slots).exclude(state__in=FREED).order_by()
        for slot, day in rows.values_list("slot", "due_on"):
            if day is not None:
                taken[slot, day] = taken.get((slot, day), 0) + 1
        for beside in _beside:
            for place, count in beside(slots).items():
                taken[place] = taken.get(place, 0) + count
    return taken
