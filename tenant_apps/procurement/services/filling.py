"""The Satker's side of a request: promising, sending, or saying why not."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from tenant_apps.procurement.errors import NothingAsked, ReasonMissing
from tenant_apps.procurement.locks import lock_request
from tenant_apps.procurement.models import RestockLine, RestockRequest
from tenant_apps.procurement.services.counting import checked, goods
from tenant_apps.procurement.services.telling import tell_warung
from tenant_apps.stock.services import location_of_satker, release, reserve
from tenants.kernel.errors import StaleDocument
from tenants.kernel.moves import move


def accept_restock(*, request: RestockRequest, quantities: Mapping[int, int], by: str) -> RestockRequest:
    """The Satker promises these packs, whole or less than asked, and sets them aside.

    States:  SUBMITTED -> ACCEPTED. Accepting the same again changes nothing.
    Units:   packs by line id, for every line.
    Raises:  BadPacks; NothingAsked when every line is zero; StockShort naming every product that is short; StaleDocument
             when the request has moved on, or was accepted with other quantities. Then nothing has changed.
    Writes:  lines, history; stock is reserved at the Satker; outbox to the warung.
    """
    with transaction.atomic():
        request = lock_request(request)
        moved = move(request, "accept", by=by)
        lines = list(request.lines.all())
        packs = checked(lines, quantities, {line.pk: line.quantity_asked for line in lines})
        if not any(packs.values()):
            raise NothingAsked(_("Accept at least one pack, or reject the request and say why."))
        if not moved:
            if packs != {line.pk: line.quantity_accepted for line in lines}:
                raise StaleDocument(_("Somebody has accepted this already, with other quantities. Look at it again."))
            return request
        for line in lines:
            line.quantity_accepted = packs[line.pk]
        RestockLine.objects.bulk_update(lines, ["quantity_accepted"])
        request.total_accepted = sum(line.price * line.quantity_accepted for line in lines)
        request.save(update_fields=["total_accepted"])
        reserve(
            location=location_of_satker(request.satker),
            lines=goods(lines, packs),
            reference=request.reference,
            by=by,
        )
        tell_warung(request, "accept")
    return request


def send_restock(*, request: RestockRequest, by: str) -> RestockRequest:
    """The goods are on their way. They stay the Satker's, set aside, until the warung says what arrived.

    States:  ACCEPTED -> SENT. Sending twice changes nothing.
    Writes:  history; outbox to the warung.
    """
    with transaction.atomic():
        request = lock_request(request)
        if move(request, "send", by=by):
            tell_warung(request, "send")
    return request


def reject_restock(*, request: RestockRequest, reason: str, by: str) -> RestockRequest:
    """The Satker cannot fill this request, and says why.

    States:  SUBMITTED -> REJECTED. Rejecting twice changes nothing.
    Raises:  ReasonMissing.
    Writes:  history; outbox to the warung.
    """
    reason = _given(reason)
    with transaction.atomic():
        request = lock_request(request)
        if move(request, "reject", by=by, reason=reason):
            tell_warung(request, "reject", reason)
    return request


def call_off_restock(*, request: RestockRequest, reason: str, by: str) -> RestockRequest:
    """The Satker takes its promise back, and says why.

    States:  ACCEPTED -> CALLED_OFF. Calling off twice changes nothing.
    Raises:  ReasonMissing.
    Writes:  history; stock is released at the Satker; outbox to the warung.
    """
    reason = _given(reason)
    with transaction.atomic():
        request = lock_request(request)
        if move(request, "call_off", by=by, reason=reason):
            lines = list(request.lines.all())
            release(
                location=location_of_satker(request.satker),
                lines=goods(lines, {line.pk: line.quantity_accepted for line in lines}),
                reference=request.reference,
                by=by,
            )
            tell_warung(request, "call_off", reason)
    return request


def _given(reason: str) -> str:
    reason = reason.strip()[:240]
    if not reason:
        raise ReasonMissing(_("Write down why; the warung reads it."))
    return reason
