"""What a supplier's programme did: written down as it came, then applied once, in whatever order it came.

An event is stored by the platform and applied by the supplier's own role: two transactions. Who dies between them leaves an event
that waits, and every step of an order is safe to repeat; so it is applied once all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from django.db import transaction

from shared_apps.exchange.connectors import reading
from shared_apps.exchange.connectors.reading import BadEvent, Said
from shared_apps.exchange.errors import OtherContent
from shared_apps.exchange.models import ConnectorEvent, EventState, OrderState, SupplierOrder, SupplierOrderLine
from shared_apps.exchange.reckoning import ZONE
from shared_apps.exchange.selectors import order_called
from shared_apps.exchange.services import Answer, Billed, Shipped, change, confirm, refuse, ship, submit_invoice
from shared_apps.exchange.services.billing import packs_billed
from shared_apps.supplier_catalog.models import SupplierOrganisation
from tenants.context import for_supplier, on_platform
from tenants.kernel import clock
from tenants.kernel.errors import DomainError

log = logging.getLogger(__name__)

# So that two suppliers' events of one name are two deliveries.
_SPACE = UUID("6b2b1c1e-5d0f-4b53-9d2c-5c6d1a0f7e11")
_UNANSWERED = (OrderState.SENT, OrderState.CHANGED)


@dataclass(frozen=True)
class Came:
    """An event's own key, so that a repeat is known again; who sent it, and on which day it came first."""

    key: UUID
    by: str
    day: date


@dataclass(frozen=True)
class Reply:
    """What the programme is answered."""

    status: int
    body: dict[str, Any]


WAITS = Reply(202, {"status": "waiting"})


class TooEarly(Exception):
    """What must come before has not come yet."""


def receive(organisation: SupplierOrganisation, number: str, said: Said, body: str) -> Reply:
    """On the platform: the event is kept, then applied with all of the order that waited for it. A repeat gets the first answer.

    Raises:  OtherContent when the id names another event.
    """
    event, made = ConnectorEvent.objects.get_or_create(
        organisation=organisation, event_id=said.event_id, defaults={"number": number, "body": body}
    )
    if not made and (event.number, reading.read(event.body.encode())) != (number, said):
        raise OtherContent("id: names another event, which came before")
    if event.state == EventState.WAITING:
        go_on(organisation, number)
        event.refresh_from_db()
    return reply_of(event)


def go_on(organisation: SupplierOrganisation, number: str) -> int:
    """On the platform: what waits for this order is applied, oldest first, as long as something can be. Returns how many were."""
    done = 0
    while True:
        waiting = ConnectorEvent.objects.filter(organisation=organisation, number=number, state=EventState.WAITING)
        before = done
        for event in waiting:
            done += _try(organisation, event)
        if done == before:
            return done


def reply_of(event: ConnectorEvent) -> Reply:
    if event.state == EventState.WAITING:
        return WAITS
    return Reply(event.status or 200, event.answer or {})


def _try(organisation: SupplierOrganisation, event: ConnectorEvent) -> bool:
    try:
        reply, state = _applied(organisation, event), EventState.APPLIED
    except TooEarly:
        return False
    except DomainError as refused:
        error = {"code": refused.code, "message": str(refused.message)}
        reply, state = Reply(refused.status, {"status": "refused", "error": error}), EventState.REFUSED
    # Whoever was quicker has answered; that answer stays.
    return bool(
        ConnectorEvent.objects.filter(pk=event.pk, state=EventState.WAITING).update(
            state=state, status=reply.status, answer=reply.body, done_at=clock.now()
        )
    )


def _applied(organisation: SupplierOrganisation, event: ConnectorEvent) -> Reply:
    said = reading.read(event.body.encode())
    came = Came(
        uuid5(_SPACE, f"{organisation.pk}:{event.event_id}"),
        f"programme:{organisation.public_id}",
        event.at.astimezone(ZONE).date(),
    )
    with for_supplier(organisation.db_role), transaction.atomic():
        order = order_called(event.number)
        if order is None:
            raise BadEvent("there is no such order")
        lines = {line.position: line for line in order.lines.all()}
        _STEPS[said.type](order, lines, said.data, came)
        order.refresh_from_db()
        return Reply(200, {"status": "applied", "order": order.number, "state": order.state})


Lines = Mapping[int, SupplierOrderLine]


def _confirm(order: SupplierOrder, lines: Lines, data: Mapping[str, Any], came: Came) -> None:
    confirm(order=order, promised_on=reading.day(data, "promised_on"), note=reading.text(data, "note"), by=came.by)


def _change(order: SupplierOrder, lines: Lines, data: Mapping[str, Any], came: Came) -> None:
    answers = {}
    for one in reading.lines(data) if "lines" in data else []:
        line = _line(lines, one)
        packs, price = one.get("packs"), reading.number(one, "price", least=1)
        answers[line.pk] = Answer(line.packs if packs is None else packs, line.price if price is None else price)
    change(
        order=order,
        answers=answers,
        promised_on=reading.day(data, "promised_on"),
        note=reading.text(data, "note"),
        by=came.by,
    )


def _refuse(order: SupplierOrder, lines: Lines, data: Mapping[str, Any], came: Came) -> None:
    refuse(order=order, reason=reading.text(data, "reason", needed=True), by=came.by)


def _ship(order: SupplierOrder, lines: Lines, data: Mapping[str, Any], came: Came) -> None:
    shipped = [
        Shipped(_line(lines, one).pk, one.get("packs") or 0, reading.number(one, "grams", least=1))
        for one in reading.lines(data)
    ]
    day, reference = reading.day(data, "shipped_on"), reading.text(data, "reference", 60)
    note = reading.text(data, "note")
    if order.state in _UNANSWERED:
        raise TooEarly
    ship(
        order=order,
        key=came.key,
        lines=shipped,
        shipped_on=day or came.day,
        reference=reference,
        note=note,
        by=came.by,
    )


def _invoice(order: SupplierOrder, lines: Lines, data: Mapping[str, Any], came: Came) -> None:
    billed = [
        Billed(_line(lines, one).pk, one.get("packs") or 0, reading.number(one, "price", least=1))
        for one in reading.lines(data)
    ]
    number, issued = reading.text(data, "number", 60, needed=True).strip(), reading.day(data, "issued_on")
    if issued is None:
        raise BadEvent("issued_on: is missing")
    facts = {
        "due_on": reading.day(data, "due_on"),
        "tax": reading.number(data, "tax"),
        "freight": reading.number(data, "freight") or 0,
    }
    if not order.invoices.filter(number=number).exists():
        _must_be_there(order, lines, billed)
    submit_invoice(order=order, number=number, issued_on=issued, lines=billed, by=came.by, **facts)  # type: ignore[arg-type]


_STEPS = {"confirm": _confirm, "change": _change, "refuse": _refuse, "ship": _ship, "invoice": _invoice}


def _line(lines: Lines, one: Mapping[str, Any]) -> SupplierOrderLine:
    found = lines.get(one["position"])
    if found is None:
        raise BadEvent(f"position: the order has no line {one['position']}")
    return found


def _must_be_there(order: SupplierOrder, lines: Lines, billed: list[Billed]) -> None:
    """A bill for goods whose delivery has not been told yet, but may still be.

    Raises:  TooEarly.
    """
    if order.state in (*_UNANSWERED, OrderState.CONFIRMED):
        raise TooEarly
    if order.state != OrderState.SHIPPED:
        return
    before, by_id = packs_billed(order), {line.pk: line for line in lines.values()}
    asked = [(by_id[one.line], one.packs + before.get(one.line, 0)) for one in billed]
    if all(packs <= line.packs_agreed for line, packs in asked) and any(
        packs > line.packs_shipped for line, packs in asked
    ):
        raise TooEarly


def waiting_orders(limit: int = 500) -> list[tuple[SupplierOrganisation, str]]:
    """On the platform: orders for which an event waits."""
    rows = ConnectorEvent.objects.filter(state=EventState.WAITING).order_by("organisation", "number")
    chosen = list(rows.values_list("organisation", "number").distinct()[:limit])
    suppliers = SupplierOrganisation.objects.in_bulk({supplier for supplier, _number in chosen})
    return [(suppliers[supplier], number) for supplier, number in chosen]


def go_on_everywhere() -> int:
    """Beat: what came too early is tried again, as after a buyer accepted a change."""
    done = 0
    with on_platform():
        for organisation, number in waiting_orders():
            try:
                done += go_on(organisation, number)
            except Exception:
                log.exception("events for order %s of supplier %s were not applied", number, organisation.pk)
    return done
