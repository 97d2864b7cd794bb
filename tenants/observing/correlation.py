"""Which request or task the code of this moment runs for. Known in logs, traces, error reports and SQL; never a person."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.apps import apps

HEADER = "warsa_request"
# Nothing else: what somebody sends must not bring a number or a name into our logs.
_WELL_FORMED = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True)
class Work:
    """A request, or a task with the request that asked for it."""

    request_id: str
    task_id: str = ""
    task: str = ""


_NOTHING = Work("")
_work: ContextVar[Work] = ContextVar("warsa_work", default=_NOTHING)


def current_work() -> Work:
    """What this code runs for; empty texts in a command."""
    return _work.get()


def fresh_id() -> str:
    return uuid.uuid4().hex


def well_formed(text: str | None) -> str | None:
    """The id that a proxy gave, without dashes; None for anything that is not one."""
    return text.replace("-", "") if text and _WELL_FORMED.fullmatch(text) else None


@contextmanager
def working(work: Work) -> Iterator[None]:
    """The code inside runs for this. An exception that leaves carries along where it came from, for who reports it later."""
    token = _work.set(work)
    try:
        yield
    except Exception as failure:
        remember_place(failure)
        raise
    finally:
        _work.reset(token)


def place() -> dict[str, str]:
    """Region, request and task of this moment; only those that there are."""
    work = current_work()
    found = {"region": _site(), "request_id": work.request_id, "task_id": work.task_id, "task": work.task}
    return {name: value for name, value in found.items() if value}


def _site() -> str:
    # Logging is set up before the apps are there, and may have something to say by then.
    if not apps.ready:
        return ""
    from tenants.context import label

    return label()


def remember_place(failure: BaseException) -> None:
    """Celery reports a failure after the region is unbound; by then only the exception knows where it was."""
    if not hasattr(failure, "warsa_place"):
        failure.warsa_place = place()  # type: ignore[attr-defined]


def place_of(failure: BaseException | None) -> Mapping[str, Any]:
    """Where the exception came from, as far as it was remembered."""
    return getattr(failure, "warsa_place", {})
