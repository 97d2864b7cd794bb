"""Log lines: one JSON object each in production, a readable line elsewhere; each says region, request and task.

Code logs as ever, by `logging.getLogger(__name__)`; what stands in `extra` becomes fields. `log_settings.py` leads here.
"""

from __future__ import annotations

import logging
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from tenants.observing.correlation import place, place_of
from tenants.observing.scrubbing import scrub_all

# Written by us alone, from closed sets or made by chance.
KNOWN = frozenset(
    {
        "logger", "level", "timestamp", "region", "request_id", "task_id", "task", "route", "method", "site",
        "user_kind", "outcome", "trace_id",
    }
)  # fmt: skip


def add_place(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Region, request and task, of this moment or of the exception that is told."""
    exc_info = event.get("exc_info")
    failure = exc_info[1] if isinstance(exc_info, tuple) else None
    for name, value in {**place(), **place_of(failure)}.items():
        event.setdefault(name, value)
    return event


def scrub_event(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """The last look before a line is written."""
    cleaned: EventDict = scrub_all(dict(event), keep=KNOWN)
    return cleaned


class Lines(logging.Formatter):
    """A record as a line."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._stamp = structlog.processors.TimeStamper(fmt="iso", utc=True)
        self._extra = structlog.stdlib.ExtraAdder()
        self._render: Any = (
            structlog.processors.JSONRenderer(ensure_ascii=False, default=str)
            if as_json
            else structlog.dev.ConsoleRenderer(
                colors=False, sort_keys=False, exception_formatter=structlog.dev.plain_traceback
            )
        )

    def format(self, record: logging.LogRecord) -> str:
        event: EventDict = {"event": record.getMessage(), "level": record.levelname.lower(), "logger": record.name}
        event["_record"] = record
        event = self._extra(logging.getLogger(record.name), "", event)
        del event["_record"]
        # What libraries put there for their own formatters: whole requests, arguments of tasks.
        for name in ("request", "data", "args", "kwargs", "context", "params", "sql"):
            event.pop(name, None)
        if record.exc_info:
            event["exc_info"] = record.exc_info
        event = add_place(None, "", event)
        if event.pop("exc_info", None):
            event["exception"] = self.formatException(record.exc_info)  # type: ignore[arg-type]
        event = self._stamp(None, "", scrub_event(None, "", event))
        return str(self._render(None, "", event))
