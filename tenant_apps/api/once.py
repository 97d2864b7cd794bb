"""A request that makes or moves something has its effect once, however often it is sent."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from tenant_apps.api.errors import KeyMissing, KeyOfAnother, StillWorking
from tenant_apps.api.models import IdempotencyRecord
from tenants.context import scope
from tenants.identity.models import User
from tenants.kernel import clock

HEADER = "Idempotency-Key"
# Says that the answer is that of an earlier request.
REPLAYED = "Idempotency-Replayed"
KEPT_FOR = timedelta(days=30)
KEY = re.compile(r"[!-~]{8,120}")
# Keeps the numbers of these locks apart from those of other works.
SPACE = 0x4150_4931


def asked_key(request: Request) -> str:
    """The request's Idempotency-Key.

    Raises:  KeyMissing for none, or for one that is no key.
    """
    key = request.headers.get(HEADER, "")
    if KEY.fullmatch(key) is None:
        raise KeyMissing(
            _("Send an Idempotency-Key header of 8 to 120 letters, digits or signs, a new one for each new step.")
        )
    return key


def once(*, user: User, key: str, request: Request, work: Callable[[], Response]) -> Response:
    """The answer of `work`, which runs at most once for this person and key. A refusal is not remembered.

    Raises:  KeyOfAnother when the key was used for another request; StillWorking while the first one is not done.
    Writes:  the record, in the same transaction as the effect.
    """
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        # Freed with the transaction, and by the database itself when its holder dies.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [SPACE, _number(user, key)])
            if not cursor.fetchone()[0]:
                raise StillWorking(_("The same request is still being worked on. Ask again in a moment."))
        before = IdempotencyRecord.objects.filter(user=user, key=key).first()
        if before is not None:
            return _replayed(before, fingerprint)
        answer = work()
        IdempotencyRecord.objects.create(
            user=user, key=key, fingerprint=fingerprint, status=answer.status_code, body=_text(answer.data)
        )
    return answer


def sweep_answers() -> int:
    """Answers that are too old to be asked for again are gone; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=clock.now() - KEPT_FOR).delete()[0]


def _replayed(record: IdempotencyRecord, fingerprint: str) -> Response:
    if record.fingerprint != fingerprint:
        raise KeyOfAnother(_("This Idempotency-Key was used for another request. Use a new one."))
    answer = Response(json.loads(record.body) if record.body else None, status=record.status)
    answer[REPLAYED] = "true"
    return answer


def _fingerprint(request: Request) -> str:
    told = request.data
    # Six digits are found out from a digest of everything else and them.
    if isinstance(told, dict):
        told = {name: value for name, value in told.items() if name != "pin"}
    body = json.dumps(told, sort_keys=True, cls=JSONEncoder)
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n{body}".encode()).hexdigest()


def _number(user: User, key: str) -> int:
    number = zlib.crc32(f"{scope()}:{user.pk}:{key}".encode())
    return number - (1 << 32) if number >= 1 << 31 else number


def _text(data: Any) -> str:
    return "" if data is None else json.dumps(data, cls=JSONEncoder, ensure_ascii=False)
