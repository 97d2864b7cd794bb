"""What each process counts. Labels are of closed sets: a route of the code, a status, a task; never a region.

A region stands in one of twenty buckets, so that a noisy one is seen without a series for each (docs/observability.md).
"""

from __future__ import annotations

from uuid import UUID

from prometheus_client import Counter, Histogram

BUCKETS = 20
_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)
_TASK_SECONDS = (0.05, 0.2, 1.0, 5.0, 30.0, 120.0, 600.0)

requests = Counter("warsa_requests", "Answered requests.", ["site", "route", "status"])
request_seconds = Histogram("warsa_request_seconds", "Time to answer.", ["site", "route"], buckets=_SECONDS)
request_db_seconds = Histogram(
    "warsa_request_database_seconds", "Time of a request in the database.", ["site"], buckets=_SECONDS
)
bucket_requests = Counter("warsa_bucket_requests", "Requests of the regions in this bucket.", ["bucket"])
bucket_seconds = Counter("warsa_bucket_seconds", "Time spent on the regions in this bucket.", ["bucket"])
tasks = Counter("warsa_tasks", "Tasks that ended.", ["task", "outcome"])
task_seconds = Histogram("warsa_task_seconds", "Time of a task.", ["task"], buckets=_TASK_SECONDS)
deliveries = Counter("warsa_outbox_deliveries", "Attempts to carry a message out.", ["kind", "outcome"])


def bucket_of(public_id: UUID) -> str:
    """Which of the twenty a region is in; the same for ever."""
    return f"{public_id.int % BUCKETS:02}"
