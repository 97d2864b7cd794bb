"""A cycle goes on by itself: with its first goods, and when the last of them are handed out."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum

from tenant_apps.procurement.agreed import standings
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import Allotment, Arrival, Cycle, CycleState, HandOver, HandOverState
from tenants.kernel.moves import move


def go_on_with(*, cycle: Cycle, by: str) -> None:
    """The same for a cycle that nobody has locked: what ended elsewhere (a refused order) counts. Twice changes nothing."""
    with transaction.atomic():
        advance(lock_cycle(cycle), by=by)


def advance(cycle: Cycle, *, by: str) -> None:
    """The locked cycle is in the state that its goods say.

    States:  ORDERED -> RECEIVING when something came, or nothing comes any more; RECEIVING -> DISTRIBUTED when nothing is to
             come, to be shared out or to be handed over.
    Writes:  history.
    """
    if cycle.state not in (CycleState.ORDERED, CycleState.RECEIVING):
        return
    found = standings(cycle.purchases.select_related("supplier"))
    ended = all(one.is_ended for one in found)
    if cycle.state == CycleState.ORDERED:
        if not ended and not Arrival.objects.filter(purchase__cycle=cycle).exists():
            return
        move(cycle, "receive", by=by)
    waiting = HandOver.objects.filter(cycle=cycle).exclude(state__in=(HandOverState.HANDED_OVER, HandOverState.NOT_MET))
    if not ended or waiting.exists():
        return
    here = sum(tally.units for one in found for tally in one.tallies.values())
    shared = Allotment.objects.filter(distribution__cycle=cycle).aggregate(all=Sum("units", default=0))["all"]
    if here <= shared:
        move(cycle, "distribute", by=by)
