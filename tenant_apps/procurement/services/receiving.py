"""Goods of a purchase come in: counted at the door, taken back where the count was wrong, returned, or waited for no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.models import OrderState
from shared_apps.exchange.services import cancel, note_receipt
from tenant_apps.ledger.services import Posting, account_of_satker, account_of_supplier, hold, post
from tenant_apps.procurement.agreed import Standing, Tally, standing_of
from tenant_apps.procurement.consolidation import shares
from tenant_apps.procurement.errors import BadReceipt, ReasonMissing
from tenant_apps.procurement.locks import lock_cycle
from tenant_apps.procurement.models import (
    Allotment,
    Arrival,
    ArrivalLine,
    Cycle,
    CycleState,
    InvoiceMatch,
    LandedCost,
    Purchase,
    PurchaseClosing,
    PurchaseLine,
    ReturnToSupplier,
)
from tenant_apps.procurement.services.advancing import advance
from tenant_apps.stock.services import Line, give_back, location_of_satker, receive
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.numbers import save_numbered

# Of one line; more is a typing error.
MOST_GRAMS = 1_000_000_000


@dataclass(frozen=True)
class Counted:
    """What somebody counted of a line: whole good cartons, rejected ones, and what is good out of the rejected ones."""

    line: int
    cartons: int
    rejected: int = 0
    units: int = 0
    reason: str = ""
    grams: int | None = None
    expires_on: date | None = None
    photo: ContentFile[bytes] | None = None

    @property
    def is_empty(self) -> bool:
        return not self.cartons and not self.rejected


def receive_purchase(
    *,
    purchase: Purchase,
    key: UUID,
    counts: Sequence[Counted],
    received_on: date,
    by: str,
    reference: str = "",
    note: str = "",
) -> Arrival:
    """What was counted lies in the Satker's store; the rest is still to come. The same key finds the same arrival.

    States:  the cycle ORDERED -> RECEIVING with its first arrival.
    Units:   cartons, units of broken ones; grams of all that is good, for goods that are weighed.
    Raises:  BadReceipt, naming the line; StaleDocument where nothing of it can come (yet, or any more).
    Writes:  arrival, lines; stock; books (debit satker:purchases, credit satker:received); what the goods cost here; the
             exchange's counters.
    """
    counts = [one for one in counts if not one.is_empty]
    if not counts:
        raise BadReceipt(_("Count at least one carton."))
    if received_on > clock.today(current_region().time_zone):
        raise BadReceipt(_("That day has not come yet."))
    with transaction.atomic():
        cycle = lock_cycle(purchase.cycle)
        before = Arrival.objects.filter(key=key).first()
        if before is not None:
            return before
        standing = _standing(cycle, purchase)
        if not standing.takes_goods:
            raise _stale_receipt(standing)
        for one in counts:
            _must_be_possible(standing, one)
        arrival = _write(
            standing,
            Arrival(
                purchase=purchase,
                key=key,
                reference=reference.strip()[:60],
                received_on=received_on,
                note=note.strip()[:240],
                by=by,
            ),
            [_arrival_line(one) for one in counts],
        )
        after = standing_of(purchase)
        _tell_exchange(after, key, by)
        receive(
            location=location_of_satker(cycle.satker),
            lines=_stocked(after, arrival),
            reference=arrival.reference_of_stock,
            by=by,
            note=purchase.supplier.name,
        )
        _book(
            cycle,
            purchase,
            arrival.reference_of_stock,
            _("Arrival %(number)s") % {"number": arrival.number},
            arrival.value,
            0,
            by,
        )
        _note_costs(after, [one.line for one in counts])
        advance(cycle, by=by)
    return arrival


def take_back_arrival(*, arrival: Arrival, key: UUID, reason: str, by: str) -> Arrival:
    """An arrival was counted wrongly: another one takes it back as a whole, and it can be counted anew.

    Raises:  ReasonMissing; BadReceipt where its goods are shared out, invoiced or gone already; StaleDocument for one that
             was taken back before, or takes back itself.
    Writes:  an arrival with the same lines below zero; stock; books.
    """
    reason = _given(reason)
    with transaction.atomic():
        cycle = lock_cycle(arrival.purchase.cycle)
        before = Arrival.objects.filter(key=key).first()
        if before is not None:
            return before
        if arrival.corrects_id is not None or Arrival.objects.filter(corrects=arrival).exists():
            raise StaleDocument(_("This arrival was taken back already."))
        standing = _standing(cycle, arrival.purchase, also_ended=True)
        lines = list(arrival.lines.all())
        _must_be_unshared(standing, lines)
        if arrival.value > uninvoiced(standing):
            raise BadReceipt(_("This is invoiced already. Give the goods back to the supplier instead."))
        taken = _write(
            standing,
            Arrival(
                purchase=arrival.purchase,
                key=key,
                corrects=arrival,
                received_on=clock.today(current_region().time_zone),
                note=reason,
                by=by,
            ),
            [
                ArrivalLine(
                    line_id=line.line_id,
                    cartons=-line.cartons,
                    units=-line.units,
                    rejected=-line.rejected,
                    reason=line.reason,
                    grams=None if line.grams is None else -line.grams,
                )
                for line in lines
            ],
        )
        goods = _stocked(standing, arrival)
        if goods:
            give_back(
                location=location_of_satker(cycle.satker),
                lines=goods,
                reference=taken.reference_of_stock,
                by=by,
                note=reason,
            )
        text = _("Arrival %(number)s taken back") % {"number": arrival.number}
        _book(cycle, arrival.purchase, taken.reference_of_stock, text, taken.value, 0, by)
    return taken


def return_to_supplier(
    *,
    line: PurchaseLine,
    key: UUID,
    cartons: int,
    reason: str,
    by: str,
    grams: int | None = None,
    photo: ContentFile[bytes] | None = None,
) -> ReturnToSupplier:
    """Cartons that were taken in go back; what they cost is no longer owed, or is asked back where it was invoiced.

    Units:   whole cartons; grams of all of them, for goods that are weighed.
    Raises:  ReasonMissing; BadReceipt for more than is here and not shared out; StockShort where it lies there no more.
    Writes:  the return; stock; books (credit satker:purchases; debit satker:received, or the supplier's payable).
    """
    reason = _given(reason)
    with transaction.atomic():
        purchase = line.purchase
        cycle = lock_cycle(purchase.cycle)
        before = ReturnToSupplier.objects.filter(key=key).first()
        if before is not None:
            return before
        standing = _standing(cycle, purchase, also_ended=True)
        terms, tally = standing.terms[line.pk], standing.tallies[line.pk]
        free = (tally.units - _shared_out([line.pk]).get(line.pk, 0)) // tally.carton
        if not 1 <= cartons <= min(free, tally.good):
            raise BadReceipt(
                _("%(article)s: %(free)s cartons are here and not shared out.")
                % {"article": terms.line.offer.article_name, "free": max(min(free, tally.good), 0)}
            )
        left = tally.units - cartons * tally.carton
        if terms.is_weighed and not (grams and 0 < grams <= tally.weight - left):
            raise BadReceipt(_("Weigh what goes back, and write down how heavy it is."))
        after = Tally(
            cartons=tally.cartons,
            loose=tally.loose,
            grams=tally.grams,
            returned=tally.returned + cartons,
            returned_grams=tally.returned_grams + (grams or 0),
            carton=tally.carton,
        )
        value = terms.value(tally) - terms.value(after)
        claimed = max(value - max(uninvoiced(standing), 0), 0)
        back = ReturnToSupplier(
            key=key,
            line=line,
            cartons=cartons,
            grams=grams if terms.is_weighed else None,
            reason=reason,
            value=value,
            claimed=claimed,
            by=by,
        )
        if photo is not None:
            back.photo.save(photo.name or "return.jpg", photo, save=False)
        save_numbered(back)
        goods = [Line(terms.line.good.product_id, terms.base_quantity(tally) - terms.base_quantity(after))]
        give_back(location=location_of_satker(cycle.satker), lines=goods, reference=back.reference, by=by, note=reason)
        text = _("Return %(number)s to %(supplier)s") % {"number": back.number, "supplier": purchase.supplier.name}
        _book(cycle, purchase, back.reference, text, -value, claimed, by)
        advance(cycle, by=by)
    return back


def close_purchase(*, purchase: Purchase, reason: str, by: str) -> None:
    """Nothing more is waited for. An order of which nothing has left is cancelled. Closing twice changes nothing.

    States:  of the exchange's order: SHIPPED -> RECEIVED; SENT, CHANGED, CONFIRMED -> CANCELLED while nothing has come.
    Raises:  ReasonMissing; StaleDocument unless the cycle's orders are sent.
    Writes:  the closing, the order, the cycle where this was the last thing it waited for.
    """
    reason = _given(reason)
    with transaction.atomic():
        cycle = lock_cycle(purchase.cycle)
        standing = _standing(cycle, purchase, also_ended=True)
        if not standing.is_ended:
            order = standing.order
            if order is not None and order.state in (OrderState.SENT, OrderState.CHANGED, OrderState.CONFIRMED):
                cancel(order=order, reason=reason, by=by)
            elif order is not None:
                note_receipt(order=order, counts={}, by=by, closed=True)
            PurchaseClosing.objects.create(purchase=purchase, reason=reason, by=by)
        advance(cycle, by=by)


def _standing(cycle: Cycle, purchase: Purchase, *, also_ended: bool = False) -> Standing:
    late = (CycleState.DISTRIBUTED,) if also_ended else ()
    if cycle.state not in (CycleState.ORDERED, CycleState.RECEIVING, *late):
        raise StaleDocument(_("This cycle takes in no goods now. Look at it again."))
    return standing_of(purchase)


def _stale_receipt(standing: Standing) -> StaleDocument:
    if standing.order is not None and standing.order.state == OrderState.SENT:
        return StaleDocument(_("The supplier has not confirmed this order yet."))
    if standing.order is not None and standing.order.state == OrderState.CHANGED:
        return StaleDocument(_("The supplier offered something else. Accept that first, or cancel the order."))
    return StaleDocument(_("Nothing more comes of this order. Look at it again."))


def _must_be_possible(standing: Standing, one: Counted) -> None:
    terms = standing.terms.get(one.line)
    if terms is None:
        raise BadReceipt(_("This has a line that the order does not have. Look at it again."))
    name, more = terms.line.offer.article_name, terms.more(standing.tallies[one.line])
    if one.cartons < 0 or one.rejected < 0 or one.cartons + one.rejected > more:
        raise BadReceipt(
            _("%(article)s: %(left)s cartons are still to come.") % {"article": name, "left": more}, line_id=one.line
        )
    if not 0 <= one.units <= one.rejected * terms.line.offer.carton:
        raise BadReceipt(
            _("%(article)s: no more can be good of broken cartons than they held.") % {"article": name},
            line_id=one.line,
        )
    if one.rejected and not one.reason.strip():
        raise BadReceipt(_("%(article)s: write down why cartons are rejected.") % {"article": name}, line_id=one.line)
    units = one.cartons * terms.line.offer.carton + one.units
    if terms.is_weighed and units and not units <= (one.grams or 0) <= MOST_GRAMS:
        raise BadReceipt(
            _("%(article)s: weigh it, and write down how heavy it is.") % {"article": name}, line_id=one.line
        )


def _arrival_line(one: Counted) -> ArrivalLine:
    line = ArrivalLine(
        line_id=one.line,
        cartons=one.cartons,
        units=one.units,
        rejected=one.rejected,
        reason=one.reason.strip()[:240] if one.rejected else "",
        grams=one.grams if one.cartons or one.units else None,
        expires_on=one.expires_on,
    )
    if one.photo is not None:
        line.photo.save(one.photo.name or "reject.jpg", one.photo, save=False)
    return line


def _write(standing: Standing, arrival: Arrival, lines: Sequence[ArrivalLine]) -> Arrival:
    """The arrival with its lines, worth what they add to what was here."""
    arrival.value = 0
    for line in lines:
        terms, tally = standing.terms[line.line_id], standing.tallies[line.line_id]
        if not terms.is_weighed:
            line.grams = None
        arrival.value += terms.value(_with(tally, line)) - terms.value(tally)
    save_numbered(arrival)
    for line in lines:
        line.arrival = arrival
    ArrivalLine.objects.bulk_create(lines)
    return arrival


def _with(tally: Tally, line: ArrivalLine) -> Tally:
    return Tally(
        cartons=tally.cartons + line.cartons,
        loose=tally.loose + line.units,
        rejected=tally.rejected + line.rejected,
        grams=tally.grams + (line.grams or 0),
        returned=tally.returned,
        returned_grams=tally.returned_grams,
        carton=tally.carton,
    )


def _stocked(standing: Standing, arrival: Arrival) -> list[Line]:
    """What an arrival brought, in base units. Nothing of what was rejected."""
    found = []
    for line in arrival.lines.all():
        terms = standing.terms[line.line_id]
        quantity = terms.base_quantity(_with(Tally(carton=terms.line.offer.carton), line))
        if quantity:
            found.append(Line(terms.line.good.product_id, quantity, expires_on=line.expires_on))
    return found


def _tell_exchange(standing: Standing, key: UUID, by: str) -> None:
    """The exchange's counters only rise: what was counted anew after a correction is told as far as it is more."""
    if standing.order is None or standing.order.state not in (OrderState.CONFIRMED, OrderState.SHIPPED):
        return
    counts = {}
    for pk, terms in standing.terms.items():
        tally, (received, rejected) = standing.tallies[pk], terms.told
        room = terms.packs - received - rejected
        good = min(max(tally.cartons - received, 0), room)
        bad = min(max(tally.rejected - rejected, 0), room - good)
        if terms.exchange_line is not None and good + bad:
            counts[terms.exchange_line] = (good, bad)
    if counts:
        note_receipt(order=standing.order, counts=counts, by=by, key=key)


def _must_be_unshared(standing: Standing, lines: Sequence[ArrivalLine]) -> None:
    shared_out = _shared_out([line.line_id for line in lines])
    for line in lines:
        tally = standing.tallies[line.line_id]
        units = line.cartons * tally.carton + line.units
        if tally.units - units < shared_out.get(line.line_id, 0):
            raise BadReceipt(
                _("%(article)s: this is shared out among the warungs already.")
                % {"article": standing.terms[line.line_id].line.offer.article_name},
                line_id=line.line_id,
            )


def _shared_out(lines: Sequence[int]) -> Mapping[int, int]:
    """Units that were shared out, by line of a purchase."""
    found: dict[int, int] = {}
    rows = Allotment.objects.filter(part__purchase_line__in=lines).values_list("part__purchase_line", "units")
    for line, units in rows:
        found[line] = found.get(line, 0) + units
    return found


def uninvoiced(standing: Standing) -> int:
    """Rupiah of what is here and on no matched invoice."""
    matched = sum(InvoiceMatch.objects.filter(purchase=standing.purchase).values_list("cleared", flat=True))
    claims = ReturnToSupplier.objects.filter(line__purchase=standing.purchase).values_list("claimed", flat=True)
    return standing.value - matched + sum(claims)


def _book(cycle: Cycle, purchase: Purchase, key: str, text: str, value: int, claimed: int, by: str) -> None:
    """So much more is here, or less: then so much of it is asked back of the supplier. Nothing where it costs nothing."""
    if not value:
        return
    purchases, received = account_of_satker(cycle.satker, "purchases"), account_of_satker(cycle.satker, "received")
    accounts = [purchases, received]
    postings = [Posting(purchases, value), Posting(received, -value - claimed)]
    if claimed:
        payable = account_of_supplier(purchase.supplier.supplier, purchase.supplier.name)
        accounts.append(payable)
        postings.append(Posting(payable, claimed))
    hold(accounts)
    post(key=key, text=text, postings=postings, by=by)


def _note_costs(standing: Standing, lines: Sequence[int]) -> None:
    """What the goods cost here as the order says: until an invoice is matched, that is the best that is known."""
    order = sorted(standing.terms)
    full = {
        pk: Tally(cartons=terms.packs, grams=terms.packs * terms.base_of_carton, carton=terms.line.offer.carton)
        for pk, terms in standing.terms.items()
    }
    values = {pk: standing.terms[pk].value(full[pk]) for pk in order}
    if not any(values.values()):
        return
    freight = dict(zip(order, shares(standing.purchase.freight, [values[pk] for pk in order]), strict=True))
    LandedCost.objects.bulk_create(
        LandedCost(
            product_id=terms.line.good.product_id,
            line=terms.line,
            amount=values[pk] + freight[pk],
            base_quantity=terms.base_quantity(full[pk]),
        )
        for pk in lines
        if (terms := standing.terms[pk]).packs
    )


def _given(reason: str) -> str:
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why."))
    return reason
