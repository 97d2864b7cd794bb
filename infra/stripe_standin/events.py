"""What happened, and whom it is told: events, webhook endpoints, and the deliveries that wait."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.showing import shown
from infra.stripe_standin.store import Book, Thing, snapshot

VERSION = "2026-10-28.endive"
# After how many seconds a delivery that was not taken is tried again; then it is given up.
WAITS = [60, 300, 1800, 7200, 18_000, 36_000, 36_000, 43_200, 43_200, 43_200]
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def emit(book: Book, kind: str, thing: Thing, before: Thing | None = None) -> Thing:
    """Writes the event, with the thing as it is now, and a delivery for each endpoint that listens."""
    now = shown(book, thing)
    data: Thing = {"object": now}
    if before is not None:
        was = shown(book, before)
        data["previous_attributes"] = {name: was.get(name) for name in {**was, **now} if was.get(name) != now.get(name)}
    event = book.new(
        "event", type=kind, api_version=VERSION, data=data, request=dict(book.request), pending_webhooks=0, account=None
    )
    event.pop("account")
    for endpoint in book.find("webhook_endpoint", status="enabled"):
        if {"*", kind} & set(endpoint["enabled_events"]):
            deliver(book, event["id"], endpoint["id"])
            event["pending_webhooks"] += 1
    return book.put(event)


def deliver(book: Book, event: str, endpoint: str) -> None:
    due = book.now() + int(book.setting("delay", 0))
    book.db.execute("INSERT INTO deliveries (event, endpoint, due) VALUES (?, ?, ?)", (event, endpoint, due))


@contextmanager
def change(book: Book, thing: Thing, kind: str) -> Iterator[None]:
    """What the block changes is written and told, with what it was before; nothing is told of no change."""
    before = snapshot(thing)
    yield
    book.put(thing)
    if shown(book, before) != shown(book, thing):
        emit(book, kind, thing, before)


def endpoint(
    book: Book, url: str, events: list[str], *, secret: str = "", description: str | None = None, **rest: object
) -> Thing:
    """Where events are told. This account speaks with its own machine only."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not (host in LOOPBACK or host.endswith(".localhost")):
        raise Refusal("Invalid URL: the stand-in tells events to this machine only.", code="url_invalid", param="url")
    return book.new(
        "webhook_endpoint",
        url=url,
        enabled_events=events,
        status="enabled",
        _secret=secret or f"whsec_{secrets.token_urlsafe(24)}",
        description=description,
        metadata={},
        application=None,
        api_version=VERSION,
        **rest,
    )


def signature(secret: str, payload: str, at: int) -> str:
    mac = hmac.new(secret.encode(), f"{at}.{payload}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"
