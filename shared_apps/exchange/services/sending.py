"""A region orders: called inside the region, in one transaction with what the order is for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from shared_apps.exchange.errors import AboveStock, BadOrder, BelowMinimum, OfferGone, OtherContent, SupplierNotOpen
from shared_apps.exchange.models import MOST_PACKS, PooledLine, Side, SupplierOrder, SupplierOrderLine
from shared_apps.exchange.pool_selectors import Reach, tiers_for
from shared_apps.exchange.services.outgoing import send_out
from shared_apps.exchange.services.steps import record
from shared_apps.supplier_catalog.models import Offer, SupplierOrganisation
from shared_apps.supplier_catalog.taxes import tax_on
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.money import rupiah_text
from tenants.kernel.numbers import save_numbered

MOST_LINES = 500


@dataclass(frozen=True)
class OrderedLine:
    """So many packs of an offer, by its public id.

    `agreed` to earlier: it holds though the supplier has put another in its place since, which may answer with a change.
    """

    offer: UUID
    packs: int
    agreed: bool = False


@dataclass(frozen=True)
class Buyer:
    """The Satker, as an institution: never a citizen."""

    name: str
    address: str = ""
    phone: str = ""


def send_order(
    *,
    supplier: SupplierOrganisation | int | UUID,
    key: UUID,
    buyer: Buyer,
    wanted_on: date,
    lines: Sequence[OrderedLine],
    by: str,
    cycle: str = "",
    note: str = "",
    priced_at: datetime | None = None,
    pooled: UUID | None = None,
) -> SupplierOrder:
    """The supplier has the order, at the prices of its offers. The same key finds the same order.

    `priced_at` is the moment whose offers hold, as when a cycle was locked before its orders leave; now unless told.
    `pooled` is a closed joint purchase of this supplier: lines that have what was pledged are priced at the tier that it reached.
    States:  nothing -> SENT.
    Units:   whole packs; rupiah. PPN on top is reckoned for each line; freight is the supplier's for one order and the
             offers' for each pack.
    Raises:  SupplierNotOpen, OfferGone, BelowMinimum, AboveStock, BadOrder; OtherContent when the key was used for
             another order. Then nothing has changed.
    Writes:  order, lines, event; the platform's outbox.
    """
    seller = _seller(supplier)
    _must_be_lines(lines)
    region = current_region()
    with transaction.atomic():
        before = SupplierOrder.objects.filter(region=region, key=key).first()
        if before is not None:
            return _the_same(before, seller, buyer, wanted_on, lines, cycle, note)
        if not seller.sells:
            raise SupplierNotOpen(_("%(supplier)s takes no orders at the moment.") % {"supplier": seller.name})
        moment = clock.now()
        offers = _offers(seller, lines, priced_at or moment)
        shared = tiers_for(pooled, seller, {line.offer: line.packs for line in lines}) if pooled else {}
        written = [
            _line(place, line, offers[line.offer], shared.get(line.offer)) for place, line in enumerate(lines, start=1)
        ]
        goods = sum(line.packs * line.price for line in written)
        if goods < seller.minimum_order:
            raise BelowMinimum(
                _("%(supplier)s takes orders from %(amount)s of goods on.")
                % {"supplier": seller.name, "amount": rupiah_text(seller.minimum_order)}
            )
        today = clock.today(region.time_zone)
        order = SupplierOrder(
            region=region,
            supplier=seller,
            key=key,
            cycle=cycle.strip()[:120],
            buyer=buyer.name.strip()[:160],
            buyer_address=buyer.address.strip()[:240],
            buyer_phone=buyer.phone.strip()[:16],
            wanted_on=wanted_on,
            note=note.strip()[:240],
            goods=goods,
            tax=sum(tax_on(line.packs * line.price, line.tax, today) for line in written),
            freight=seller.order_freight + sum(line.packs * offers[line.offer].freight for line in lines),
            sent_at=moment,
            moved_at=moment,
        )
        try:
            with transaction.atomic():
                save_numbered(order)
        except IntegrityError as taken:
            # A second tap at the same moment: it waited here, and finds what the first one sent.
            found = SupplierOrder.objects.filter(region=region, key=key).first()
            if found is None:
                raise taken
            return _the_same(found, seller, buyer, wanted_on, lines, cycle, note)
        for line in written:
            line.order = order
        SupplierOrderLine.objects.bulk_create(written)
        PooledLine.objects.bulk_create(
            [
                PooledLine(order_line=line, line_id=shared[line.offer].line, reached=shared[line.offer].reached)
                for line in written
                if line.offer in shared
            ]
        )
        event = record(order, "send", side=Side.REGION, by=by)
        send_out(order, event, written)
    return order


def _seller(supplier: SupplierOrganisation | int | UUID) -> SupplierOrganisation:
    if isinstance(supplier, SupplierOrganisation):
        found = SupplierOrganisation.objects.filter(pk=supplier.pk).first()
    elif isinstance(supplier, UUID):
        found = SupplierOrganisation.objects.filter(public_id=supplier).first()
    else:
        found = SupplierOrganisation.objects.filter(pk=supplier).first()
    if found is None:
        raise SupplierNotOpen(_("This supplier takes no orders at the moment."))
    return found


def _must_be_lines(lines: Sequence[OrderedLine]) -> None:
    if not lines:
        raise BadOrder(_("There is nothing to order."))
    if len({line.offer for line in lines}) != len(lines) or len(lines) > MOST_LINES:
        raise BadOrder(_("This cannot be ordered as it is. Look at it again."))
    if not all(1 <= line.packs <= MOST_PACKS for line in lines):
        raise BadOrder(_("Order a number of packs from 1 to %(most)s.") % {"most": MOST_PACKS})


def _offers(seller: SupplierOrganisation, lines: Sequence[OrderedLine], moment: datetime) -> Mapping[UUID, Offer]:
    """The offers by public id, each one seen by this region and in force at the moment."""
    day = moment.astimezone(ZoneInfo(current_region().time_zone)).date()
    wanted, agreed = {line.offer for line in lines}, {line.offer for line in lines if line.agreed}
    rows = Offer.objects.filter(public_id__in=wanted, organisation=seller)
    found = {
        offer.public_id: offer
        for offer in rows.select_related("version", "pack", "article").prefetch_related("tiers")
        if (offer.ended_at is None or offer.ended_at > moment or offer.public_id in agreed)
        and offer.valid_from <= day
        and (offer.valid_to is None or offer.valid_to >= day)
    }
    gone = wanted - found.keys()
    if gone:
        names = Offer.objects.filter(public_id__in=gone, organisation=seller).values_list("version__name", flat=True)
        raise OfferGone(
            _("%(supplier)s no longer offers this: %(names)s.")
            % {"supplier": seller.name, "names": ", ".join(sorted(names)) or len(gone)},
            offers=sorted(gone),
        )
    for line in lines:
        offer = found[line.offer]
        facts = {"article": offer.version.name, "pack": offer.pack.label}
        if line.packs < offer.least:
            raise BelowMinimum(
                _("%(article)s: order at least %(least)s %(pack)s.") % {**facts, "least": offer.least}, offer=line.offer
            )
        if offer.most is not None and line.packs > offer.most:
            raise AboveStock(
                _("%(article)s: the supplier has %(most)s %(pack)s.") % {**facts, "most": offer.most}, offer=line.offer
            )
    return found


def _line(position: int, wanted: OrderedLine, offer: Offer, shared: Reach | None) -> SupplierOrderLine:
    version, pack = offer.version, offer.pack
    counted = max(wanted.packs, shared.reached) if shared else wanted.packs
    return SupplierOrderLine(
        position=position,
        offer=offer.public_id,
        version=version.public_id,
        sku=offer.article.sku,
        name=version.name,
        pack_label=pack.label,
        base_unit=version.base_unit,
        base_quantity=pack.base_quantity,
        barcode=pack.barcode,
        tax=version.tax,
        catch_weight=version.catch_weight,
        packs=wanted.packs,
        price=max((tier for tier in offer.tiers.all() if tier.packs <= counted), key=lambda tier: tier.packs).price,
    )


def _the_same(
    order: SupplierOrder,
    seller: SupplierOrganisation,
    buyer: Buyer,
    wanted_on: date,
    lines: Sequence[OrderedLine],
    cycle: str,
    note: str,
) -> SupplierOrder:
    """The order that the key finds, if this is what was ordered.

    Raises:  OtherContent.
    """
    there = {(line.offer, line.packs) for line in order.lines.all()}
    facts = (order.supplier_id, order.buyer, order.wanted_on, order.cycle, order.note)
    if facts != (seller.pk, buyer.name.strip()[:160], wanted_on, cycle.strip()[:120], note.strip()[:240]) or there != {
        (line.offer, line.packs) for line in lines
    }:
        raise OtherContent(_("This order was sent already, with other content. Look at it again."), number=order.number)
    return order
