"""Something else goes into the bag for a line whose customer allowed it, and never costs more."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.orders.errors import BadLine, NotOffered
from tenant_apps.orders.models import MOST_OF_A_PACK, Order, OrderEvent, OrderLine, OrderState, PackedLine
from tenant_apps.pricing.models import WarungPrice
from tenant_apps.pricing.selectors import prices_in_force
from tenant_apps.stock.locks import lock_levels
from tenant_apps.stock.services import Line, location_of_warung, release, reserve
from tenants.kernel import clock
from tenants.kernel.errors import StaleDocument


def replace_line(*, order: Order, line_id: int, pack: Pack, quantity: int, by: str) -> OrderLine:
    """So many of the pack stand in for the line; the same choice again changes nothing. Returns the line of what comes instead.

    Units:   each pack costs the lower of its own price and the line's total divided by `quantity`, rounded down.
    States:  ACCEPTED only.
    Raises:  NotOffered for a line that may not be replaced or a pack that the warung does not sell; BadLine; StockShort;
             StaleDocument.
    Writes:  the new line, the packed line of the old one, history, `packed_goods`; what was promised moves to the new goods.
    Source:  docs/box-belanja.md#what-comes-instead
    """
    if not 1 <= quantity <= MOST_OF_A_PACK:
        raise BadLine(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})
    with transaction.atomic():
        now = Order.objects.select_related("warung").select_for_update(no_key=True, of=("self",)).get(pk=order.pk)
        lines = {line.pk: line for line in now.lines.select_related("packed__replaced_by")}
        line = lines.get(line_id)
        if line is None:
            raise BadLine(_("This line is not part of the order. Look at it again."))
        instead = None if line.packed_row is None else line.packed_row.replaced_by
        if instead is not None and (instead.pack_id, instead.quantity) == (pack.pk, quantity):
            return instead
        if now.state != OrderState.ACCEPTED or line.packed_row is not None:
            raise StaleDocument(
                _("This has changed in the meantime, so that step is no longer possible. Look at it again."),
                state=now.state,
            )
        if not line.may_replace:
            raise NotOffered(_("The customer wants %(name)s and nothing else.") % {"name": line.product_name})
        if pack.pk in {one.pack_id for one in lines.values()}:
            raise BadLine(_("This is part of the order already. Choose something else."))
        price = prices_in_force(now.warung, [pack.pk]).get(pack.pk)
        if price is None:
            raise NotOffered(_("%(warung)s does not sell this now.") % {"warung": now.warung.name})
        new = _instead(line, price, quantity)
        _move_promise(now, line, new, by)
        new.save(force_insert=True)
        PackedLine.objects.create(line=line, base_quantity=0, total=0, replaced_by=new, by=by)
        now.packed_goods = now.goods_due - line.total + new.total
        now.save(update_fields=["packed_goods"])
        order.packed_goods = now.packed_goods
        OrderEvent.objects.create(
            order=now,
            move="replace",
            before=now.state,
            after=now.state,
            by=by,
            reason=_("%(new)s instead of %(old)s") % {"new": _named(new), "old": _named(line)},
            at=clock.now(),
        )
    return new


def _named(line: OrderLine) -> str:
    return f"{line.quantity} × {line.product_name} {line.pack_label}"[:110]


def _instead(line: OrderLine, price: WarungPrice, quantity: int) -> OrderLine:
    """The line of what comes instead: its goods and its evidence as they are now, at a price that keeps the promise."""
    each = min(price.price, line.total // quantity)
    if each < 1:
        raise BadLine(_("So many cannot come instead of this line. Choose fewer."))
    product = price.pack.product
    return OrderLine(
        order=line.order,
        product=product,
        pack=price.pack,
        product_name=product.name,
        pack_label=price.pack.label,
        base_unit=product.base_unit,
        base_quantity=price.pack.base_quantity,
        quantity=quantity,
        price=each,
        total=quantity * each,
        market_price=price.market_price,
        market=price.evidence.market,
        observed_on=price.evidence.observed_on,
        may_replace=True,
        note="",
    )


def _move_promise(order: Order, old: OrderLine, new: OrderLine, by: str) -> None:
    location = location_of_warung(order.warung)
    # Both at once, in the one order: freeing the one and promising the other may not lock them in two rounds.
    lock_levels([(location.pk, old.product_id), (location.pk, new.product_id)])
    reference = f"{order.reference}:instead:{old.pk}"
    release(location=location, lines=[Line(old.product_id, old.ordered)], reference=reference, by=by)
    reserve(location=location, lines=[Line(new.product_id, new.ordered)], reference=reference, by=by)
