"""A cycle's own steps: prepared, open, closed, open again, cancelled, and the next one after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.pricing.selectors import wholesale_in_force
from tenant_apps.procurement.consolidation import Below
from tenant_apps.procurement.errors import BadCycle, ReasonMissing
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import Cycle, CycleEvent, CycleGood, CycleState
from tenant_apps.procurement.services.announcing import tell_of_cycle
from tenant_apps.procurement.services.consolidating import drop_plan, freeze_offers, write_plan
from tenant_apps.satker.models import Satker
from tenant_apps.suppliers.services.changing import apply_next_cycle_changes
from tenant_apps.suppliers.services.finding import find_changes
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

# More goods than any Satker buys at once.
MOST_GOODS = 2_000
MOST_DAYS = 120


@dataclass(frozen=True)
class CycleTerms:
    """What a Satker says of a cycle. `repeats_days`: so many days later the next one closes, with the same goods."""

    name: str
    closes_at: datetime
    deliver_on: date
    below: str = Below.KEEP.name.lower()
    repeats_days: int | None = None
    note: str = ""


def draft_cycle(*, satker: Satker, terms: CycleTerms, packs: Sequence[int], by: str) -> Cycle:
    """A cycle that is being prepared, with these buying packs at the wholesale prices in force.

    States:  nothing -> DRAFT.
    Raises:  BadCycle for days that cannot be, for a pack without a wholesale price, and for two packs of one product.
    """
    _must_be_days(terms)
    with transaction.atomic():
        cycle = _new_cycle(satker, terms, by)
        _put_goods(cycle, packs)
    return cycle


def change_draft(*, cycle: Cycle, terms: CycleTerms, packs: Sequence[int], by: str) -> Cycle:
    """What is being prepared is prepared otherwise; its goods get today's wholesale prices.

    Raises:  BadCycle, also for a cycle that was opened already.
    """
    _must_be_days(terms)
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if cycle.state != CycleState.DRAFT:
            raise BadCycle(_("This cycle is open already. What warungs saw does not change any more."))
        for name in ("name", "closes_at", "deliver_on", "below", "repeats_days", "note"):
            setattr(cycle, name, getattr(terms, name))
        cycle.save()
        cycle.goods.all().delete()
        _put_goods(cycle, packs)
    return cycle


def open_cycle(*, cycle: Cycle, by: str) -> Cycle:
    """Warungs may order.

    States:  DRAFT -> OPEN. Opening twice changes nothing.
    Raises:  BadCycle without goods, or when its time is up already.
    Writes:  history; outbox to the owners; suppliers' changes that waited for the next cycle count from now on.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if move(cycle, "open", by=by):
            if not cycle.goods.exists():
                raise BadCycle(_("Choose at least one good that warungs may order."))
            _must_close_later(cycle.closes_at)
            apply_next_cycle_changes(by=by)
            tell_of_cycle(cycle, "open")
    return cycle


def close_cycle(*, cycle: Cycle, by: str) -> Cycle:
    """No warung orders any more: the offers are kept as they are now, and the plan is made from the lines.

    States:  OPEN -> LOCKED. Closing twice changes nothing.
    Raises:  BadCycle when nobody ordered anything.
    Writes:  history, offers, purchases and their parts; the next cycle, where this one repeats.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if move(cycle, "lock", by=by):
            if not cycle.lines.exists():
                raise BadCycle(_("Nobody ordered anything yet. Extend the cycle, or cancel it."))
            find_changes(by=by)
            freeze_offers(cycle)
            write_plan(cycle)
            _begin_next(cycle, by)
    return cycle


def extend_cycle(*, cycle: Cycle, closes_at: datetime, by: str) -> Cycle:
    """Warungs may order again until then; the plan is dropped and made anew when the cycle closes.

    States:  LOCKED -> OPEN; an OPEN one gets the later time.
    Raises:  BadCycle for a time that has gone by or lies after the delivery; StaleDocument in any other state.
    Writes:  history; outbox to the owners.
    """
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        _must_close_later(closes_at)
        if closes_at.date() > cycle.deliver_on:
            raise BadCycle(_("It cannot stay open longer than until its delivery."))
        if move(cycle, "extend", by=by):
            drop_plan(cycle)
        cycle.closes_at = closes_at
        cycle.save(update_fields=["closes_at"])
        tell_of_cycle(cycle, "extend", stamp=closes_at.isoformat())
    return cycle


def cancel_cycle(*, cycle: Cycle, reason: str, by: str) -> Cycle:
    """Nothing is bought, and the warungs learn why.

    States:  DRAFT, OPEN, LOCKED -> CANCELLED. Cancelling twice changes nothing.
    Raises:  ReasonMissing; StaleDocument once it is ordered.
    Writes:  history; the plan is dropped; outbox to the owners who ordered.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the warungs read it."))
    with transaction.atomic():
        cycle = lock_cycle(cycle)
        if move(cycle, "cancel", by=by, reason=reason):
            drop_plan(cycle)
            tell_of_cycle(cycle, "cancel", reason=reason)
    return cycle


def _must_be_days(terms: CycleTerms) -> None:
    if not terms.name.strip():
        raise BadCycle(_("Give the cycle a name, such as “Restok Selasa”."))
    _must_close_later(terms.closes_at)
    if terms.deliver_on < terms.closes_at.date():
        raise BadCycle(_("Goods cannot come before the cycle closes."))
    if terms.closes_at > clock.now() + timedelta(days=MOST_DAYS):
        raise BadCycle(_("Choose a day within %(days)s days.") % {"days": MOST_DAYS})


def _must_close_later(closes_at: datetime) -> None:
    if closes_at <= clock.now():
        raise BadCycle(_("This time has gone by already. Choose a later one."))


def _new_cycle(satker: Satker, terms: CycleTerms, by: str, follows: Cycle | None = None) -> Cycle:
    moment = clock.now()
    cycle = save_numbered(
        Cycle(
            satker=satker,
            name=terms.name.strip()[:120],
            closes_at=terms.closes_at,
            deliver_on=terms.deliver_on,
            below=terms.below,
            repeats_days=terms.repeats_days,
            note=terms.note.strip()[:240],
            follows=follows,
            made_by=by,
            made_at=moment,
            moved_at=moment,
        )
    )
    CycleEvent.objects.create(cycle=cycle, move="draft", after=CycleState.DRAFT, by=by, at=moment)
    return cycle


def _put_goods(cycle: Cycle, pack_ids: Sequence[int], *, lenient: bool = False) -> None:
    """These packs may be ordered. `lenient` leaves out what has no price any more."""
    prices = wholesale_in_force(cycle.satker, pack_ids)
    packs = Pack.objects.select_related("product").filter(pk__in=set(pack_ids), use=Use.BUY, product__is_active=True)
    priced = [pack for pack in packs if pack.pk in prices]
    if len(priced) > MOST_GOODS:
        raise BadCycle(_("Choose at most %(most)s goods.") % {"most": MOST_GOODS})
    if not lenient and len(priced) != len(set(pack_ids)):
        raise BadCycle(_("Some of these goods have no wholesale price any more. Look at the list again."))
    if len({pack.product_id for pack in priced}) != len(priced):
        raise BadCycle(_("Choose one pack of each product, so that all wishes for it come together."))
    CycleGood.objects.bulk_create(
        [
            CycleGood(
                cycle=cycle,
                product=pack.product,
                pack=pack,
                product_name=pack.product.name,
                pack_label=pack.label,
                base_unit=pack.product.base_unit,
                base_quantity=pack.base_quantity,
                price=prices[pack.pk].price,
            )
            for pack in priced
        ]
    )


def _begin_next(cycle: Cycle, by: str) -> None:
    """The cycle after a repeating one opens when that one closes, for the same goods at today's prices; once."""
    days = cycle.repeats_days
    if not days or Cycle.objects.filter(follows=cycle).exists():
        return
    closes_at, deliver_on = cycle.closes_at + timedelta(days=days), cycle.deliver_on + timedelta(days=days)
    while closes_at <= clock.now():
        closes_at, deliver_on = closes_at + timedelta(days=days), deliver_on + timedelta(days=days)
    terms = CycleTerms(cycle.name, closes_at, deliver_on, cycle.below, days, cycle.note)
    following = _new_cycle(cycle.satker, terms, by, follows=cycle)
    _put_goods(following, list(cycle.goods.values_list("pack_id", flat=True)), lenient=True)
    if following.goods.exists():
        open_cycle(cycle=following, by=by)
