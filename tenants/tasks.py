"""Celery tasks know where they belong: a signed header names the region, and a region task without one fails.

Celery's own signals are not used to bind the region, for Celery swallows their errors: the task's call does it.
"""

from __future__ import annotations

import hashlib
import hmac
import zlib
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any, cast

from celery import Task, current_app, shared_task
from celery.signals import before_task_publish
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Mod

from tenants.context import in_region, is_bound, on_platform, region_is_bound, scope
from tenants.errors import RegionNotServed
from tenants.faults import counts_as_fault, note_fault
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.observing.tasks import observed, send_along
from tenants.registry import PUBLIC

LANES = tuple(f"region.{number:02}" for number in range(settings.TASK_LANES))
HEADER = "warsa_scope"
SIGNATURE = "warsa_scope_signature"


def lane_of(schema: str) -> str:
    """The queue in which work of this region waits; the platform's has one of its own.

    A worker serves its lanes in turn. So a region that sends thousands of tasks delays those few that share its lane, and
    everybody else by one task a turn.
    """
    if schema == PUBLIC:
        return str(settings.CELERY_TASK_DEFAULT_QUEUE)
    return LANES[zlib.crc32(schema.encode()) % len(LANES)]


def sign_scope(task_id: str, schema: str) -> str:
    """The proof that our own process sent this task for this region."""
    text = f"{task_id}:{schema}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), b"warsa.task:" + text, hashlib.sha256).hexdigest()


class ScopedTask(Task):  # type: ignore[type-arg]
    """Base of every task of ours; see region_task and platform_task."""

    abstract = True
    scope = "region"
    statuses: frozenset[str] = frozenset({RegionStatus.READY})

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        schema = self._verified_scope()
        if self.scope == PUBLIC:
            if schema != PUBLIC:
                raise RegionNotServed(f"{self.name} is a platform task, sent for {schema}")
            with on_platform(), self._observed():
                return super().__call__(*args, **kwargs)
        if schema == PUBLIC:
            raise RegionNotServed(f"{self.name} needs a region")
        with on_platform():
            region = Region.objects.filter(schema_name=schema).first()
        if region is None or region.status not in self.statuses:
            raise RegionNotServed(f"{self.name}: region {schema} is {region.status if region else 'unknown'}")
        with in_region(region), self._observed():
            try:
                return super().__call__(*args, **kwargs)
            except Exception as error:
                if counts_as_fault(error):
                    note_fault()
                raise

    def _headers(self) -> dict[str, Any]:
        return {**(self.request.headers or {}), **vars(self.request)}

    def _observed(self) -> AbstractContextManager[None]:
        return observed(str(self.name), str(self.request.id or ""), self._headers())

    def _verified_scope(self) -> str:
        headers = self._headers()
        schema, signature = headers.get(HEADER), headers.get(SIGNATURE)
        if not schema or not signature or not self.request.id:
            raise RegionNotServed(f"{self.name} came without a region")
        if not hmac.compare_digest(signature, sign_scope(self.request.id, schema)):
            raise RegionNotServed(f"{self.name} came with a forged region")
        return str(schema)

    def apply_async(self, args: Any = None, kwargs: Any = None, *more: Any, **options: Any) -> Any:
        """As Celery's; the task waits in its region's lane."""
        headers = options.get("headers") or {}
        # Where nothing is bound, beat sends platform tasks.
        where = PUBLIC if self.scope == PUBLIC else headers.get(HEADER) or (scope() if is_bound() else PUBLIC)
        options.setdefault("queue", lane_of(where))
        return super().apply_async(args, kwargs, *more, **options)

    def on_commit(self, *args: Any, **options: Any) -> None:
        """Enqueue after the open transaction commits, for the region of this call.

        `options` are apply_async's (countdown, expires, …); the task's own arguments are positional.
        """
        headers = {HEADER: scope(), **(options.pop("headers", None) or {})}
        transaction.on_commit(partial(self.apply_async, args, headers=headers, **options), robust=True)


@before_task_publish.connect(weak=False)
def _stamp(sender: str = "", headers: dict[str, Any] | None = None, **_: Any) -> None:
    if headers is None:
        return
    task = current_app.tasks.get(sender)
    # Beat is bound to nothing; what it sends are platform tasks, and these belong to the platform wherever they come from.
    schema = PUBLIC if getattr(task, "scope", "") == PUBLIC else headers.get(HEADER) or scope()
    headers[HEADER] = schema
    headers[SIGNATURE] = sign_scope(str(headers["id"]), schema)
    send_along(headers)


def region_task(
    *, statuses: Iterable[str] = (RegionStatus.READY,), **options: Any
) -> Callable[[Callable[..., Any]], ScopedTask]:
    """A task that works in the region named by its header; refused unless that region has one of `statuses`."""

    def make(function: Callable[..., Any]) -> ScopedTask:
        task: Any = shared_task(base=ScopedTask, **options)(function)  # type: ignore[no-untyped-call]
        # The shared task is a proxy until the app is there; the class attributes are set through it on first use.
        task.scope, task.statuses = "region", frozenset(statuses)
        return cast(ScopedTask, task)

    return make


def platform_task(**options: Any) -> Callable[[Callable[..., Any]], ScopedTask]:
    """A task that works on the platform's own data."""

    def make(function: Callable[..., Any]) -> ScopedTask:
        task: Any = shared_task(base=ScopedTask, **options)(function)  # type: ignore[no-untyped-call]
        task.scope = PUBLIC
        return cast(ScopedTask, task)

    return make


def for_each_ready_region(
    task: ScopedTask, *, expires: int, turn: tuple[int, int] | None = None, active: timedelta = timedelta()
) -> int:
    """Send a region task to READY regions. Called on the platform; returns how many were sent.

    With `turn` (which, of how many) only to that part of them, so that a frequent fan-out does not grow with the fleet;
    regions where something happened within `active` are asked in each turn.
    """
    if region_is_bound():
        raise RegionNotServed("a fan-out starts on the platform")
    count = 0
    regions = Region.objects.filter(status=RegionStatus.READY)
    if turn is not None:
        which, of = turn
        regions = regions.annotate(part=Mod("pk", of)).filter(
            Q(part=which % of) | Q(last_activity_at__gt=clock.now() - active)
        )
    for name in regions.values_list("schema_name", flat=True).iterator():
        task.apply_async(headers={HEADER: name}, expires=expires)
        count += 1
    return count
