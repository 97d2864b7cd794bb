"""The warung's side before the Satker answers: asking, and changing its mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack, Use
from tenant_apps.pricing.models import WholesalePrice
from tenant_apps.pricing.selectors import wholesale_in_force
from tenant_apps.procurement.errors import BadPacks, MovedPrice, NothingAsked, PricesMoved
from tenant_apps.procurement.locks import lock_request
from tenant_apps.procurement.models import MOST_OF_A_PACK, RestockEvent, RestockLine, RestockRequest, RestockState
from tenant_apps.procurement.services.telling import tell_satker
from tenant_apps.satker.models import Satker
from tenant_apps.satker.selectors import the_satker
from tenant_apps.warungs.errors import WarungClosed
from tenant_apps.warungs.models import Warung, WarungState
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.kernel.numbers import save_numbered

# A request is packed and carried as one.
MOST_LINES = 200


@dataclass(frozen=True)
class Wish:
    """So many packs, each at the wholesale price in rupiah that the owner saw."""

    pack_id: int
    quantity: int
    price_seen: int


def submit_restock(*, warung: Warung, key: UUID, lines: Sequence[Wish], by: str, note: str = "") -> RestockRequest:
    """The Satker has the request. The same key finds the same request.

    States:  nothing -> SUBMITTED.
    Units:   quantities are packs, prices rupiah for one pack.
    Raises:  PricesMoved naming every line whose price is no longer the one that was seen; NothingAsked; BadPacks;
             WarungClosed for a warung that has ended. Then nothing has changed.
    Writes:  request, lines, history; outbox to the Satker.
    """
    _must_be_lines(lines)
    with transaction.atomic():
        # The warung's row is the lock of its taps: the second tap waits here and finds what the first one asked.
        shop = Warung.objects.select_for_update(no_key=True).get(pk=warung.pk)
        before = RestockRequest.objects.filter(warung=shop, key=key).first()
        if before is not None:
            return before
        if shop.state == WarungState.CLOSED:
            raise WarungClosed(_("%(warung)s is closed for good.") % {"warung": shop.name})
        satker = the_satker()
        prices = _agreed_prices(satker, lines)
        moment = clock.now()
        request = save_numbered(
            RestockRequest(
                warung=shop,
                satker=satker,
                key=key,
                note=note.strip()[:240],
                total_asked=sum(line.quantity * line.price_seen for line in lines),
                asked_by=by,
                asked_at=moment,
                moved_at=moment,
            )
        )
        RestockLine.objects.bulk_create([_line(request, line, prices[line.pack_id]) for line in lines])
        RestockEvent.objects.create(request=request, move="submit", after=RestockState.SUBMITTED, by=by, at=moment)
        tell_satker(request, "submit")
    return request


def cancel_restock(*, request: RestockRequest, by: str) -> RestockRequest:
    """The warung no longer wants it, and the Satker has not promised it yet.

    States:  SUBMITTED -> CANCELLED. Cancelling twice changes nothing.
    Raises:  StaleDocument when the Satker has answered.
    Writes:  history; outbox to the Satker.
    """
    with transaction.atomic():
        request = lock_request(request)
        if move(request, "cancel", by=by):
            tell_satker(request, "cancel")
    return request


def _must_be_lines(lines: Sequence[Wish]) -> None:
    if not lines:
        raise NothingAsked(_("Choose at least one pack."))
    if len({line.pack_id for line in lines}) != len(lines) or len(lines) > MOST_LINES:
        raise BadPacks(_("This cannot be asked for as it is. Look at it again."))
    if not all(1 <= line.quantity <= MOST_OF_A_PACK for line in lines):
        raise BadPacks(_("Choose a number from 1 to %(most)s.") % {"most": MOST_OF_A_PACK})


def _agreed_prices(satker: Satker, lines: Sequence[Wish]) -> dict[int, WholesalePrice]:
    """The wholesale prices in force, which are those that the owner saw.

    Raises:  PricesMoved with every line that differs.
    """
    wanted = [line.pack_id for line in lines]
    prices = {
        pack_id: price for pack_id, price in wholesale_in_force(satker, wanted).items() if price.pack.use == Use.BUY
    }
    gone = Pack.objects.select_related("product").in_bulk([pack_id for pack_id in wanted if pack_id not in prices])
    moved = []
    for line in lines:
        price = prices.get(line.pack_id)
        if price is not None and price.price == line.price_seen:
            continue
        pack = price.pack if price else gone.get(line.pack_id)
        # The names are empty for a pack that never was.
        name, label = (pack.product.name, pack.label) if pack else ("", "")
        moved.append(MovedPrice(line.pack_id, name, label, line.price_seen, price.price if price else None))
    if moved:
        raise PricesMoved(
            _("The Satker's prices have changed. Nothing was sent yet: look at the changes and send it again."),
            moved=moved,
        )
    return prices


def _line(request: RestockRequest, wish: Wish, price: WholesalePrice) -> RestockLine:
    pack, product = price.pack, price.pack.product
    return RestockLine(
        request=request,
        product=product,
        pack=pack,
        product_name=product.name,
        pack_label=pack.label,
        base_unit=product.base_unit,
        base_quantity=pack.base_quantity,
        price=price.price,
        quantity_asked=wish.quantity,
    )
