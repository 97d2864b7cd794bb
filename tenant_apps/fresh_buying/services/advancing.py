"""Somebody goes to the market with cash, and settles it."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadEntry
from tenant_apps.fresh_buying.locks import lock_preorders, lock_terms, lock_trip
from tenant_apps.fresh_buying.models import CashAdvance, MarketTrip, PreOrderState, StallPurchase, TripState
from tenant_apps.fresh_buying.selectors.trips import may_buy
from tenant_apps.fresh_buying.services.ordering import give_money_back
from tenant_apps.fresh_buying.services.telling import tell_buyer, tell_customer
from tenant_apps.ledger.services import Posting, account_of_buyer, account_of_satker, account_of_warung, post
from tenants.identity.models import User
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move

MOST_ADVANCE = 1_000_000_000


def start_trip(*, trip: MarketTrip, buyer: User, advance: int, key: UUID, by: str) -> MarketTrip:
    """The buyer has the list, and cash from the Satker's drawer (none: 0).

    States:  OPEN -> BUYING.
    Raises:  BadEntry for somebody who may not buy for this stand, or an advance that cannot be; StaleDocument when
             somebody else is on the way already.
    Writes:  trip, history; advance with its journal entry; outbox to the buyer.
    """
    if not may_buy(buyer, trip.stand):
        raise BadEntry(_("Choose somebody of the Satker, or who helps at the stand."))
    with transaction.atomic():
        trip = lock_trip(trip)
        if trip.state == TripState.OPEN:
            # Before the move: nobody is on the way without a name.
            trip.buyer = buyer
            trip.save(update_fields=["buyer"])
        if not move(trip, "start", by=by):
            if trip.buyer_id != buyer.pk:
                raise StaleDocument(_("Somebody else is on the way already. Look at it again."))
            return trip
        if advance:
            _give(trip, advance, key, by)
        tell_buyer(trip)
    return trip


def give_advance(*, trip: MarketTrip, amount: int, key: UUID, by: str) -> CashAdvance:
    """More cash from the Satker's drawer, once for its key.

    Raises:  BadEntry; StaleDocument unless the buyer is at the market.
    Writes:  advance, one journal entry.
    """
    with transaction.atomic():
        trip = lock_trip(trip)
        before = CashAdvance.objects.filter(trip=trip, key=key).first()
        if before is not None:
            return before
        if trip.state != TripState.BUYING:
            raise StaleDocument(_("The buyer is not at the market. Look at it again."))
        return _give(trip, amount, key, by)


def settle_trip(*, trip: MarketTrip, by: str) -> MarketTrip:
    """What was not spent lies in the Satker's drawer again, and what the buyer paid beyond the advance is paid from it.

    The advance leaves the buyer's account as a whole, so that it is never overdrawn.
    States:  DISTRIBUTED -> SETTLED.
    Writes:  history; one journal entry: advance = spent + what lies in the drawer again.
    """
    with transaction.atomic():
        trip = lock_trip(trip)
        if not move(trip, "settle", by=by):
            return trip
        spent = spent_on(trip)
        if trip.advance or spent:
            assert trip.buyer is not None
            # The Satker's cash bought what lies at its stand: the stand owes it, as each sees it in its own books.
            post(
                key=f"{trip.reference}:settled",
                text=_("Market trip %(number)s") % {"number": trip.number},
                postings=[
                    Posting(account_of_buyer(trip.buyer), -trip.advance),
                    Posting(account_of_satker(trip.satker, "cash"), trip.advance - spent),
                    Posting(account_of_warung(trip.stand, "wholesale_owed"), spent),
                    Posting(account_of_warung(trip.stand, "wholesale_debt"), -spent),
                    Posting(account_of_warung(trip.stand, "purchases"), spent),
                ],
                by=by,
            )
    return trip


def cancel_trip(*, trip: MarketTrip, reason: str, by: str) -> MarketTrip:
    """Nobody goes, or came back with nothing: nobody gets anything, and nobody pays.

    States:  OPEN, BUYING -> CANCELLED; its pre-orders -> CALLED_OFF.
    Raises:  BadEntry without a reason, and while something is bought.
    Writes:  history; the advance goes back; payments are released; outbox to the customers.
    """
    reason = reason.strip()[:240]
    if not reason:
        raise BadEntry(_("Write down why; the customers read it."))
    with transaction.atomic():
        lock_terms(trip.stand)
        trip = lock_trip(trip)
        if not move(trip, "cancel", by=by, reason=reason):
            return trip
        if spent_on(trip):
            raise BadEntry(_("Something is bought already. Take it back in the list, or come back with it."))
        for preorder in lock_preorders(trip, PreOrderState.BUYING):
            move(preorder, "call_off", by=by, reason=reason)
            give_money_back(preorder, by=by, reason=reason)
            tell_customer(preorder, "call_off", reason)
        if trip.advance:
            assert trip.buyer is not None
            post(
                key=f"{trip.reference}:cancelled",
                text=_("Market trip %(number)s was cancelled") % {"number": trip.number},
                postings=[
                    Posting(account_of_buyer(trip.buyer), -trip.advance),
                    Posting(account_of_satker(trip.satker, "cash"), trip.advance),
                ],
                by=by,
            )
    return trip


def spent_on(trip: MarketTrip) -> int:
    """What was paid for goods and transport, in rupiah."""
    return trip.transport + goods_paid(trip)


def goods_paid(trip: MarketTrip) -> int:
    paid = StallPurchase.objects.filter(line__trip=trip).aggregate(total=Sum("paid", default=0))
    return int(paid["total"])


def _give(trip: MarketTrip, amount: int, key: UUID, by: str) -> CashAdvance:
    if not 0 < amount <= MOST_ADVANCE:
        raise BadEntry(_("Write down an advance above zero."))
    assert trip.buyer is not None
    given = CashAdvance.objects.create(trip=trip, key=key, amount=amount, by=by, at=clock.now())
    post(
        key=f"{trip.reference}:advance:{key}",
        text=_("Cash for market trip %(number)s") % {"number": trip.number},
        postings=[
            Posting(account_of_buyer(trip.buyer), amount),
            Posting(account_of_satker(trip.satker, "cash"), -amount),
        ],
        by=by,
    )
    trip.advance += amount
    trip.save(update_fields=["advance"])
    return given
