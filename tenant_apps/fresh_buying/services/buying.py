"""At the stalls: what was bought, what is not there. Each entry is sent by itself and written once."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.fresh_buying.errors import BadEntry, OverLimit
from tenant_apps.fresh_buying.locks import lock_trip
from tenant_apps.fresh_buying.models import MarketTrip, StallPurchase, TripLine, TripState
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument
from tenants.kernel.money import rupiah_text
from tenants.kernel.units import quantity_text

MOST_QUANTITY = 10**8
MOST_PAID = 1_000_000_000
MOST_PURCHASES = 500


def write_purchase(
    *,
    line: TripLine,
    key: UUID,
    quantity: int,
    paid: int,
    by: str,
    seller: str = "",
    over_reason: str = "",
    photo: File[bytes] | None = None,
) -> StallPurchase:
    """So many base units were bought at a stall for so many rupiah, once for its key.

    Raises:  BadEntry; OverLimit when it cost more than the promised price bears and nobody says why; StaleDocument unless
             the buyer is at the market.
    Writes:  purchase; the line is no longer "not available".
    """
    over_reason = over_reason.strip()[:240]
    with transaction.atomic():
        trip = lock_trip(line.trip)
        before = StallPurchase.objects.filter(line=line, key=key).first()
        if before is not None:
            return before
        _must_be_at_market(trip)
        if not 0 < quantity <= MOST_QUANTITY:
            raise BadEntry(_("%(product)s: write down how much was bought.") % {"product": line.product_name})
        if not 0 <= paid <= MOST_PAID:
            raise BadEntry(_("%(product)s: write down what was paid.") % {"product": line.product_name})
        if StallPurchase.objects.filter(line=line).count() >= MOST_PURCHASES:
            raise BadEntry(_("%(product)s has too many entries.") % {"product": line.product_name})
        if is_over_limit(line, quantity, paid) and not over_reason:
            raise OverLimit(
                _("%(product)s: more than %(limit)s for %(unit)s. Bargain, or say why it is worth it.")
                % {
                    "product": line.product_name,
                    "limit": rupiah_text(line.limit_price),
                    "unit": quantity_text(line.per_quantity, line.base_unit),
                }
            )
        if StallPurchase.objects.filter(key=key).exists():
            raise BadEntry(_("This entry belongs to something else. Write it anew."))
        written = StallPurchase(
            line=line,
            key=key,
            quantity=quantity,
            paid=paid,
            seller=seller.strip()[:80],
            over_reason=over_reason if is_over_limit(line, quantity, paid) else "",
            by=by,
            at=clock.now(),
        )
        if photo is not None:
            written.photo.save(photo.name or "", photo, save=False)
        written.save(force_insert=True)
        if line.absent:
            TripLine.objects.filter(pk=line.pk).update(absent=False)
    return written


def drop_purchase(*, purchase: StallPurchase, by: str) -> StallPurchase:
    """The entry was wrong: one with negative numbers takes it back. Dropping it again changes nothing.

    Raises:  StaleDocument unless the buyer is at the market.
    """
    with transaction.atomic():
        trip = lock_trip(purchase.line.trip)
        before = StallPurchase.objects.filter(drops=purchase).first()
        if before is not None:
            return before
        _must_be_at_market(trip)
        if purchase.drops_id is not None:
            raise BadEntry(_("This entry is taken back already."))
        return StallPurchase.objects.create(
            line=purchase.line,
            key=uuid5(purchase.key, "drop"),
            quantity=-purchase.quantity,
            paid=-purchase.paid,
            drops=purchase,
            by=by,
            at=clock.now(),
        )


def mark_absent(*, line: TripLine, absent: bool, note: str) -> TripLine:
    """It is not at the market today, or is after all; the note says what might do instead.

    Raises:  StaleDocument unless the buyer is at the market.
    """
    with transaction.atomic():
        _must_be_at_market(lock_trip(line.trip))
        line.absent, line.note = absent, note.strip()[:240]
        line.save(update_fields=["absent", "note"])
    return line


def set_transport(*, trip: MarketTrip, amount: int) -> MarketTrip:
    """What carrying and parking cost in all, in rupiah.

    Raises:  BadEntry; StaleDocument unless the buyer is at the market.
    """
    with transaction.atomic():
        trip = lock_trip(trip)
        _must_be_at_market(trip)
        if not 0 <= amount <= MOST_PAID:
            raise BadEntry(_("Write down what the transport cost."))
        trip.transport = amount
        trip.save(update_fields=["transport"])
    return trip


def is_over_limit(line: TripLine, quantity: int, paid: int) -> bool:
    """Whether it cost more than the promised price bears. Compared across: nothing is rounded."""
    return paid * line.per_quantity > line.limit_price * quantity


def _must_be_at_market(trip: MarketTrip) -> None:
    if trip.state != TripState.BUYING:
        raise StaleDocument(_("The buyer is not at the market. Look at it again."), state=trip.state)
