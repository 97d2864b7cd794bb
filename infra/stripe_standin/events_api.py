"""The addresses of events and of those who listen."""

from __future__ import annotations

from fnmatch import fnmatchcase

from infra.stripe_standin import events
from infra.stripe_standin.api import browse, retrieve, route
from infra.stripe_standin.events import VERSION
from infra.stripe_standin.params import boolean, choice, merged, table, text, texts
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing


@route(
    "POST",
    "/v1/webhook_endpoints",
    {
        "url!": text,
        "enabled_events!": texts,
        "description": text,
        "metadata": table,
        "api_version": choice(VERSION),
        "connect": boolean,
    },
)
def create_endpoint(book: Book, asked: Thing) -> Thing:
    made = events.endpoint(book, asked["url"], asked["enabled_events"], description=asked.get("description"))
    made["metadata"] = merged({}, asked.get("metadata"))
    # Told once, when it is made.
    return {**book.put(made), "secret": made["_secret"]}


@route(
    "POST",
    "/v1/webhook_endpoints/{id}",
    {"url": text, "enabled_events": texts, "description": text, "metadata": table, "disabled": boolean},
)
def update_endpoint(book: Book, id: str, asked: Thing) -> Thing:
    endpoint = book.get("webhook_endpoint", id)
    if "disabled" in asked:
        endpoint["status"] = "disabled" if asked["disabled"] else "enabled"
    endpoint["metadata"] = merged(endpoint["metadata"], asked.get("metadata"))
    endpoint |= {name: asked[name] for name in ("url", "enabled_events", "description") if name in asked}
    return book.put(endpoint)


@route("DELETE", "/v1/webhook_endpoints/{id}")
def delete_endpoint(book: Book, id: str, asked: Thing) -> Thing:
    return book.entomb(book.get("webhook_endpoint", id))


def keeps_event(event: Thing, asked: Thing) -> bool:
    kinds = asked.get("types") or ([asked["type"]] if asked.get("type") else ["*"])
    if asked.get("types") and asked.get("type"):
        raise Refusal("You may pass either type or types, not both.", param="types")
    return any(fnmatchcase(event["type"], kind) for kind in kinds)


retrieve("/v1/events", "event")
retrieve("/v1/webhook_endpoints", "webhook_endpoint")
browse("/v1/events", "event", {"type": text, "types": texts, "delivery_success": boolean}, keeps_event)
browse("/v1/webhook_endpoints", "webhook_endpoint")
