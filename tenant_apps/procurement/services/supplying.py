"""Goods that the Satker gets from suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.catalog.models import Pack
from tenant_apps.procurement.errors import BadReceipt
from tenant_apps.procurement.models import MOST_OF_A_PACK, GoodsReceipt, GoodsReceiptLine
from tenant_apps.satker.models import Satker
from tenant_apps.stock.services import Line, location_of_satker, receive
from tenants.context import current_region
from tenants.kernel import clock
from tenants.kernel.numbers import save_numbered

MOST_LINES = 200
# A pack that costs more is a typing error.
MOST_COST = 1_000_000_000


@dataclass(frozen=True)
class Supply:
    """So many packs from a supplier, each for `cost` rupiah."""

    pack: Pack
    quantity: int
    cost: int


def receive_goods(
    *,
    satker: Satker,
    key: UUID,
    supplier: str,
    received_on: date,
    lines: Sequence[Supply],
    by: str,
    supplier_reference: str = "",
    note: str = "",
) -> GoodsReceipt:
    """The goods lie in the Satker's store room. The same key finds the same receipt.

    Raises:  BadReceipt; then nothing has changed.
    Writes:  receipt, lines; stock is received at the Satker.
    """
    supplier = supplier.strip()[:120]
    if not supplier:
        raise BadReceipt(_("Write down who the goods came from."))
    _must_be_lines(lines)
    if received_on > clock.today(current_region().time_zone):
        raise BadReceipt(_("That day has not come yet."))
    with transaction.atomic():
        # The Satker's row is the lock of its taps: the second tap waits here and finds what the first one wrote.
        store = Satker.objects.select_for_update(no_key=True).get(pk=satker.pk)
        before = GoodsReceipt.objects.filter(key=key).first()
        if before is not None:
            return before
        receipt = save_numbered(
            GoodsReceipt(
                satker=store,
                key=key,
                supplier=supplier,
                supplier_reference=supplier_reference.strip()[:60],
                received_on=received_on,
                note=note.strip()[:240],
                total=sum(line.quantity * line.cost for line in lines),
                by=by,
                written_at=clock.now(),
            )
        )
        GoodsReceiptLine.objects.bulk_create([_line(receipt, line) for line in lines])
        receive(
            location=location_of_satker(store),
            lines=[Line(line.pack.product_id, line.quantity * line.pack.base_quantity) for line in lines],
            reference=receipt.reference,
            by=by,
            note=supplier,
        )
    return receipt


def _must_be_lines(lines: Sequence[Supply]) -> None:
    if not lines:
        raise BadReceipt(_("Write down at least one pack."))
    if len(lines) > MOST_LINES:
        raise BadReceipt(_("Write down at most %(most)s lines.") % {"most": MOST_LINES})
    for line in lines:
        if not 1 <= line.quantity <= MOST_OF_A_PACK:
            raise BadReceipt(
                _("%(product)s: write down a number from 1 to %(most)s.")
                % {"product": line.pack.product.name, "most": MOST_OF_A_PACK}
            )
        if not 0 <= line.cost <= MOST_COST:
            raise BadReceipt(_("%(product)s: that cost cannot be.") % {"product": line.pack.product.name})


def _line(receipt: GoodsReceipt, line: Supply) -> GoodsReceiptLine:
    pack, product = line.pack, line.pack.product
    return GoodsReceiptLine(
        receipt=receipt,
        product=product,
        pack=pack,
        product_name=product.name,
        pack_label=pack.label,
        base_unit=product.base_unit,
        base_quantity=pack.base_quantity,
        quantity=line.quantity,
        cost=line.cost,
    )
