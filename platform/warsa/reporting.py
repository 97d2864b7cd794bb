"""Error reports: where something failed and for which request; never a person's number, NIK, mail, name, form or cookie."""

from __future__ import annotations

from typing import Any

import sentry_sdk

from tenants.observing.correlation import place, place_of
from tenants.observing.scrubbing import scrub_all

# What Sentry made itself, and what would only be harmed: ids and moments.
_KEPT = frozenset(
    [
        "event_id",
        "timestamp",
        "start_timestamp",
        "trace_id",
        "span_id",
        "parent_span_id",
        "level",
        "platform",
        "tags",
        "sdk",
        "modules",
    ]
)


def start(dsn: str, *, release: str = "") -> None:
    """Failures of this process are reported. Variables and bodies stay here: no rule could tell a name in them."""
    sentry_sdk.init(
        dsn=dsn,
        release=release or None,
        send_default_pii=False,
        include_local_variables=False,
        max_request_body_size="never",
        max_breadcrumbs=20,
        before_send=scrub,
    )


def scrub(event: Any, hint: dict[str, Any]) -> Any:
    """Sentry's before_send: tags region, request and task, drops what a form or cookie held, masks personal data in texts."""
    exc_info = hint.get("exc_info")
    tags = {**event.get("tags", {}), **place(), **place_of(exc_info[1] if exc_info else None)}
    request = event.get("request", {})
    for part in ("cookies", "data", "query_string", "headers", "env"):
        request.pop(part, None)
    event.pop("user", None)
    # Celery's integration brings the arguments of the task.
    event.pop("extra", None)
    for crumb in event.get("breadcrumbs", {}).get("values", []):
        crumb.pop("data", None)
    return {**scrub_all(event, keep=_KEPT), "tags": tags}
