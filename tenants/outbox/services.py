"""Put things in, carry them out.

At least once: a process killed between the sending and the commit sends again, so receivers must not mind a repeat.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from tenants.activity import note_activity
from tenants.context import current_region, region_is_bound
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.observing import numbers, spans
from tenants.outbox.models import OutboxMessage
from tenants.tasks import HEADER

log = logging.getLogger(__name__)

Deliverer = Callable[[OutboxMessage], None]
_deliverers: dict[str, Deliverer] = {}

MAX_ATTEMPTS = 12
QUIET = timedelta(seconds=10)
# Seconds. A task that waits longer than the broker's visibility timeout would be given out twice; the sweep takes over there.
LONGEST_COUNTDOWN = 600


def deliverer(kind: str) -> Callable[[Deliverer], Deliverer]:
    """Register the function that carries messages of this kind out. It raises when it could not."""

    def register(function: Deliverer) -> Deliverer:
        _deliverers[kind] = function
        return function

    return register


@dataclass(frozen=True)
class Message:
    """What is to leave. `dedupe` is the sender's name for the event, which leaves once."""

    kind: str
    payload: dict[str, Any]
    dedupe: str


def put(kind: str, payload: dict[str, Any], *, dedupe: str) -> bool:
    """One message; see `put_all`. False if that event had been put in before."""
    return put_all([Message(kind, payload, dedupe)]) == 1


def put_all(messages: Sequence[Message]) -> int:
    """They leave after this transaction commits, in this order; events that had been put in before do not. Returns how many.

    Raises:  TransactionManagementError outside a transaction; LookupError for a kind that nobody delivers.
    Writes:  the outbox rows, in one statement.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("put() belongs inside transaction.atomic()")
    for message in messages:
        if message.kind not in _deliverers:
            raise LookupError(f"no deliverer for {message.kind!r}")
    written = _written_once(messages) if messages else []
    if written and not _waits_for_opening():
        _tell_a_worker(*written)
        if region_is_bound():
            note_activity()
    return len(written)


def _written_once(messages: Sequence[Message]) -> list[int]:
    """The new rows' ids; events that are there already have none. One statement, where get_or_create takes four for each."""
    moment, waiting = clock.now(), OutboxMessage.State.WAITING.value
    values: list[Any] = []
    for one in messages:
        values += [one.kind, json.dumps(one.payload), one.dedupe, waiting, moment, moment, ""]
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {OutboxMessage._meta.db_table} (kind, payload, dedupe, state, attempts, due_at, created_at, last_error)"
            f" VALUES {', '.join(['(%s, %s::jsonb, %s, %s, 0, %s, %s, %s)'] * len(messages))}"
            " ON CONFLICT (dedupe) DO NOTHING RETURNING id",
            values,
        )
        return [row[0] for row in cursor.fetchall()]


def put_for_platform(messages: Sequence[Message]) -> None:
    """From inside a region: they leave by the platform's outbox after this transaction commits; events known there do not.

    A region may add to that outbox what its grant names, and read nothing of it; so nobody learns whether it was known.
    Raises:  TransactionManagementError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("put_for_platform() belongs inside transaction.atomic()")
    from tenants.outbox.tasks import sweep_platform

    moment, waiting = clock.now(), OutboxMessage.State.WAITING.value
    with connection.cursor() as cursor:
        for one in messages:
            cursor.execute(
                f"INSERT INTO public.{OutboxMessage._meta.db_table}"
                " (kind, payload, dedupe, state, attempts, due_at, created_at, last_error)"
                " VALUES (%s, %s::jsonb, %s, %s, 0, %s, %s, '') ON CONFLICT DO NOTHING",
                [one.kind, json.dumps(one.payload), one.dedupe, waiting, moment, moment],
            )
    sweep_platform.on_commit()


def _tell_a_worker(*message_ids: int, **options: Any) -> None:
    from tenants.outbox.tasks import deliver_for_platform, deliver_in_region

    (deliver_in_region if region_is_bound() else deliver_for_platform).on_commit(*message_ids, **options)


def _waits_for_opening() -> bool:
    """Whether the bound region is still being built: no worker may carry anything out there yet, see `leave_now`."""
    return region_is_bound() and current_region().status in (RegionStatus.BUILDING, RegionStatus.FAILED)


def mail(*, to: str, subject: str, body: str, dedupe: str) -> Message:
    """A plain-text mail. `subject` and `body` are already in the reader's language."""
    return Message("mail", {"to": to, "subject": str(subject), "body": str(body)}, dedupe)


def sms(*, to: str, body: str, dedupe: str) -> Message:
    """A short text to a phone number in E.164."""
    return Message("sms", {"to": to, "body": str(body)}, dedupe)


def put_mail(*, to: str, subject: str, body: str, dedupe: str) -> bool:
    """A `mail` is put in. False if that event had been put in before."""
    return put_all([mail(to=to, subject=subject, body=body, dedupe=dedupe)]) == 1


def put_sms(*, to: str, body: str, dedupe: str) -> bool:
    """A `sms` is put in. False if that event had been put in before."""
    return put_all([sms(to=to, body=body, dedupe=dedupe)]) == 1


def leave_now(region: Region) -> None:
    """What waits in the region's outbox leaves as soon as this transaction commits. Called on the platform.

    While a region is being built its workers may not carry anything out, so its mail waits until it opens.
    """
    from tenants.outbox.tasks import sweep_region

    sweep_region.on_commit(0, headers={HEADER: region.schema_name})


def deliver(message_id: int) -> bool:
    """Carry one message out, unless another worker holds it or it has left already.

    States:  waiting -> delivered; on failure it stays waiting with a later time, and is given up after MAX_ATTEMPTS.
    """
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update(skip_locked=True).filter(pk=message_id).first()
        if message is None or message.state != OutboxMessage.State.WAITING:
            return False
        message.attempts += 1
        try:
            with transaction.atomic(), spans.span(f"deliver {message.kind}", warsa_attempt=message.attempts):
                _deliverers[message.kind](message)
        except Exception as failure:
            numbers.deliveries.labels(message.kind, "failed").inc()
            log.warning("outbox %s failed (%s)", message.pk, type(failure).__name__)
            message.last_error = f"{type(failure).__name__}: {failure}"[:500]
            wait = min(15 * 2**message.attempts, 6 * 3600)
            message.due_at = clock.now() + timedelta(seconds=wait)
            if message.attempts >= MAX_ATTEMPTS:
                message.state = OutboxMessage.State.GIVEN_UP
            elif wait <= LONGEST_COUNTDOWN:
                _tell_a_worker(message.pk, countdown=wait)
            message.save()
            return False
        numbers.deliveries.labels(message.kind, "delivered").inc()
        message.state = OutboxMessage.State.DELIVERED
        message.delivered_at = clock.now()
        message.last_error = ""
        message.save()
        return True


def sweep(limit: int = 200, *, quiet: timedelta = QUIET) -> int:
    """Carry out what is due and was lost on the way to a worker. Returns how many left.

    What came in less than `quiet` ago is left to the worker that was told of it.
    """
    due = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING, due_at__lte=clock.now() - quiet)
    return sum(deliver(pk) for pk in list(due.order_by("due_at").values_list("pk", flat=True)[:limit]))
