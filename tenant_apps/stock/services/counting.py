"""Counting a whole shelf: written down product by product, applied at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Product
from tenant_apps.stock.errors import BadQuantity, CountBelowPromise, NotCounted, Shortage
from tenant_apps.stock.locks import lock_count, lock_levels
from tenant_apps.stock.models import CountState, StockCount, StockCountLine, StockLevel, StockLocation
from tenant_apps.stock.reasons import COUNT_REASONS
from tenant_apps.stock.services.moving import MOST
from tenant_apps.stock.services.writing import Change, Why, write
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered


def begin_count(*, location: StockLocation, by: str) -> StockCount:
    """A count of this shelf is open: the one that somebody began already, or a new one."""
    found = _open_count(location)
    if found is not None:
        return found
    try:
        with transaction.atomic():
            return save_numbered(StockCount(location=location, opened_by=by))
    except IntegrityError:
        # Somebody began one at the same moment.
        found = _open_count(location)
        if found is None:
            raise
        return found


def write_counts(*, count: StockCount, counted: Mapping[Product, int], by: str) -> None:
    """So much of these products lies there now, beside what the books say at this moment. Counting again replaces it.

    Units:   base units of each product.
    Raises:  BadQuantity; StaleDocument when the count is closed.
    """
    if any(not 0 <= quantity <= MOST for quantity in counted.values()):
        raise BadQuantity(_("Write down a quantity of zero or more."))
    with transaction.atomic():
        _must_be_open(count)
        known = {line.product_id: line for line in count.lines.filter(product__in=counted)}
        on_hand = dict(
            StockLevel.objects.filter(location_id=count.location_id, product__in=counted).values_list(
                "product_id", "on_hand"
            )
        )
        for product, quantity in counted.items():
            system = on_hand.get(product.pk, 0)
            line = known.get(product.pk)
            if line is None:
                StockCountLine.objects.create(count=count, product=product, system=system, counted=quantity, by=by)
            else:
                line.system, line.counted, line.by = system, quantity, by
                line.save(update_fields=["system", "counted", "by"])


def forget_count_of(*, count: StockCount, product: Product) -> None:
    """The product is as if nobody had counted it.

    Raises:  StaleDocument when the count is closed.
    """
    with transaction.atomic():
        _must_be_open(count)
        count.lines.filter(product=product).delete()


def apply_count(*, count: StockCount, reasons: Mapping[int, str], by: str) -> StockCount:
    """Each level has changed by what was counted more or less. Applying twice changes nothing.

    States:  OPEN -> APPLIED.
    Units:   `reasons` by product id; what has none was "counted anew".
    Raises:  NotCounted for an empty count; CountBelowPromise naming every line that would fall below what is promised;
             StaleDocument when it was dropped.
    Writes:  levels, one movement for each difference, the lines' reasons.
    """
    known = dict(COUNT_REASONS)
    with transaction.atomic():
        if not move(count, "apply", by=by):
            return count
        lines = list(count.lines.select_related("product").order_by("product_id"))
        if not lines:
            raise NotCounted(_("Nothing is counted yet."))
        for line in lines:
            line.reason = reasons.get(line.product_id, line.reason)
            if line.reason not in known:
                line.reason = "count"
        StockCountLine.objects.bulk_update(lines, ["reason"])
        differing = [line for line in lines if line.difference]
        _change_levels(count, differing, by)
    return count


def drop_count(*, count: StockCount, by: str) -> StockCount:
    """Nothing of the count becomes true. Dropping twice changes nothing.

    States:  OPEN -> DROPPED.
    Raises:  StaleDocument when it was applied.
    """
    with transaction.atomic():
        move(count, "drop", by=by)
    return count


def _open_count(location: StockLocation) -> StockCount | None:
    return StockCount.objects.filter(location=location, state=CountState.OPEN).first()


def _must_be_open(count: StockCount) -> None:
    if lock_count(count).state != CountState.OPEN:
        raise StaleDocument(_("This count is closed. Begin a new one."))


def _change_levels(count: StockCount, lines: Sequence[StockCountLine], by: str) -> None:
    if not lines:
        return
    levels = lock_levels([(count.location_id, line.product_id) for line in lines])
    here = {line.pk: levels[count.location_id, line.product_id] for line in lines}
    below = [line for line in lines if here[line.pk].on_hand + line.difference < here[line.pk].reserved]
    if below:
        raise CountBelowPromise(
            _("More is promised to customers than was counted: %(names)s. Fill or reject their orders first.")
            % {"names": ", ".join(line.product.name for line in below)},
            shortages=[
                Shortage(
                    line.product_id,
                    line.product.name,
                    line.product.base_unit,
                    here[line.pk].reserved,
                    max(here[line.pk].on_hand + line.difference, 0),
                )
                for line in below
            ],
        )
    by_reason: defaultdict[str, list[StockCountLine]] = defaultdict(list)
    for line in lines:
        by_reason[line.reason].append(line)
    for reason, theirs in by_reason.items():
        write(
            [Change(here[line.pk], line.difference) for line in theirs],
            Why(reason, count.reference, count.reference, by),
        )
