"""A task goes on with the request that asked for it, and is told like one."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.trace import SpanKind

from tenants.context import current_region, region_is_bound
from tenants.observing import numbers, spans
from tenants.observing.correlation import HEADER, Work, current_work, fresh_id, well_formed, working
from tenants.observing.statements import watched_statements

log = logging.getLogger("warsa.tasks")


def send_along(headers: dict[str, Any]) -> None:
    """The request's id and the span of this moment travel in a message's headers."""
    headers[HEADER] = current_work().request_id or fresh_id()
    spans.carry(headers)


@contextmanager
def observed(name: str, task_id: str, headers: Mapping[str, Any]) -> Iterator[None]:
    """One run of a task, its site bound already: logged, counted, traced."""
    work = Work(well_formed(str(headers.get(HEADER) or "")) or fresh_id(), task_id, name)
    carried = {key: headers[key] for key in ("traceparent", "tracestate") if headers.get(key)}
    began, outcome = time.perf_counter(), "failed"
    with (
        working(work),
        watched_statements() as statements,
        spans.span(f"task {name}", kind=SpanKind.CONSUMER, carried=carried),
    ):
        try:
            yield
            outcome = "done"
        finally:
            seconds = time.perf_counter() - began
            numbers.tasks.labels(name, outcome).inc()
            numbers.task_seconds.labels(name).observe(seconds)
            if region_is_bound():
                numbers.bucket_seconds.labels(numbers.bucket_of(current_region().public_id)).inc(seconds)
            log.info(
                "task",
                extra={
                    "outcome": outcome,
                    "ms": round(seconds * 1000, 1),
                    "db_ms": round(statements.seconds * 1000, 1),
                    "trace_id": spans.trace_id(),
                },
            )
