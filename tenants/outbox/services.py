"""Put things in, carry them out.

At least once: a process killed between the sending and the commit sends again, so receivers must not mind a repeat.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction

from tenants.activity import note_activity
from tenants.context import current_region, region_is_bound
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
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


def put(kind: str, payload: dict[str, Any], *, dedupe: str) -> bool:
    """The message leaves after this transaction commits. False if that event had been put in before.

    Raises:  TransactionManagementError outside a transaction; LookupError for a kind that nobody delivers.
    Writes:  one outbox row.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("put() belongs inside transaction.atomic()")
    if kind not in _deliverers:
        raise LookupError(f"no deliverer for {kind!r}")
    written = _written_once(kind, payload, dedupe)
    if written is not None and not _waits_for_opening():
        _tell_a_worker(written)
        if region_is_bound():
            note_activity()
    return written is not None


def _written_once(kind: str, payload: dict[str, Any], dedupe: str) -> int | None:
    """The new row's id; None where the event is there already. One statement, where get_or_create takes four."""
    moment = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {OutboxMessage._meta.db_table} (kind, payload, dedupe, state, attempts, due_at, created_at, last_error)"
            " VALUES (%s, %s::jsonb, %s, %s, 0, %s, %s, '') ON CONFLICT (dedupe) DO NOTHING RETURNING id",
            [kind, json.dumps(payload), dedupe, OutboxMessage.State.WAITING.value, moment, moment],
        )
        row = cursor.fetchone()
    return row[0] if row else None


def _tell_a_worker(message_id: int, **options: Any) -> None:
    from tenants.outbox.tasks import deliver_for_platform, deliver_in_region

    (deliver_in_region if region_is_bound() else deliver_for_platform).on_commit(message_id, **options)


def _waits_for_opening() -> bool:
    """Whether the bound region is still being built: no worker may carry anything out there yet, see `leave_now`."""
    return region_is_bound() and current_region().status in (RegionStatus.BUILDING, RegionStatus.FAILED)


def put_mail(*, to: str, subject: str, body: str, dedupe: str) -> bool:
    """A plain-text mail. `subject` and `body` are already in the reader's language."""
    return put("mail", {"to": to, "subject": str(subject), "body": str(body)}, dedupe=dedupe)


def put_sms(*, to: str, body: str, dedupe: str) -> bool:
    """A short text to a phone number in E.164."""
    return put("sms", {"to": to, "body": str(body)}, dedupe=dedupe)


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
            with transaction.atomic():
                _deliverers[message.kind](message)
        except Exception as failure:
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
