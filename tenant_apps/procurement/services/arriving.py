"""What arrived at the warung: the goods change hands, and so does the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.ledger.models import AccountKind
from tenant_apps.ledger.services import Posting, account_of_satker, account_of_warung, post
from tenant_apps.procurement.locks import lock_goods, lock_request
from tenant_apps.procurement.models import RestockLine, RestockRequest
from tenant_apps.procurement.services.counting import checked, goods
from tenant_apps.procurement.services.telling import tell_satker
from tenant_apps.stock.services import location_of_satker, location_of_warung, release, transfer
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move


def receive_restock(*, request: RestockRequest, quantities: Mapping[int, int], by: str) -> RestockRequest:
    """What arrived lies on the warung's shelf and is paid for; what did not arrive stays the Satker's.

    States:  SENT -> RECEIVED. Receiving the same again changes nothing.
    Units:   packs by line id, for every line that was accepted.
    Raises:  BadPacks; StaleDocument when the request is elsewhere, or was received with other quantities.
    Writes:  lines, history; stock moves from the Satker to the warung or is released; one journal entry unless nothing
             arrived; outbox to the Satker.
    """
    with transaction.atomic():
        request = lock_request(request)
        moved = move(request, "receive", by=by)
        lines = list(request.lines.all())
        packs = checked(lines, quantities, {line.pk: line.quantity_accepted for line in lines})
        if not moved:
            if packs != {line.pk: line.quantity_received for line in lines}:
                raise StaleDocument(_("Somebody has received this already, with other quantities. Look at it again."))
            return request
        for line in lines:
            line.quantity_received = packs[line.pk]
        RestockLine.objects.bulk_update(lines, ["quantity_received"])
        request.total_received = sum(line.price * line.quantity_received for line in lines)
        request.save(update_fields=["total_received"])
        _move_goods(request, lines, by)
        if request.total_received:
            _book(request, by)
        tell_satker(request, "receive")
    return request


def _move_goods(request: RestockRequest, lines: Sequence[RestockLine], by: str) -> None:
    store, shelf = location_of_satker(request.satker), location_of_warung(request.warung)
    lock_goods((store, shelf), (line.product_id for line in lines if line.quantity_accepted))
    arrived = goods(lines, {line.pk: line.quantity_received for line in lines})
    missing = goods(lines, {line.pk: line.quantity_accepted - line.quantity_received for line in lines})
    if arrived:
        transfer(source=store, target=shelf, lines=arrived, reference=request.reference, by=by)
    if missing:
        release(location=store, lines=missing, reference=request.reference, by=by)


def _book(request: RestockRequest, by: str) -> None:
    """The warung pays the Satker in cash. Accounts are opened in the order of their codes."""
    amount = request.total_received
    post(
        key=request.reference,
        text=_("Restock %(number)s") % {"number": request.number},
        postings=[
            Posting(account_of_satker(request.satker, "cash", AccountKind.ASSET), amount),
            Posting(account_of_satker(request.satker, "sales", AccountKind.INCOME), -amount),
            Posting(account_of_warung(request.warung, "cash", AccountKind.ASSET), -amount),
            Posting(account_of_warung(request.warung, "purchases", AccountKind.EXPENSE), amount),
        ],
        by=by,
    )
