"""From a request to an answer: who asks, what is asked, once per idempotency key."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.stripe_standin.params import Spec, decoded, integer, parsed, text, texts, when, within
from infra.stripe_standin.refusals import CardRefusal, Refusal
from infra.stripe_standin.showing import expanded, listing, shown
from infra.stripe_standin.store import Book, Thing

Handler = Callable[..., Thing]
DAY = 86_400
# One release of the API: objects of others have other shapes.
RELEASE = "endive"


@dataclass
class Route:
    method: str
    address: re.Pattern[str]
    spec: Spec
    handler: Handler


ROUTES: list[Route] = []
PAGING: Spec = {"limit": integer, "starting_after": text, "ending_before": text}


def route(method: str, address: str, spec: Spec | None = None) -> Callable[[Handler], Handler]:
    """`/v1/customers/{id}`: what is in braces goes to the handler by name, parameters as the last argument."""

    def add(handler: Handler) -> Handler:
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[A-Za-z0-9_]+)", address)
        ROUTES.append(Route(method, re.compile(pattern), {"expand": texts, **(spec or {})}, handler))
        return handler

    return add


def retrieve(address: str, kind: str) -> None:
    @route("GET", f"{address}/{{id}}")
    def read(book: Book, id: str, asked: Thing) -> Thing:
        found = book.seek(id) or {}
        return found if found.get("deleted") and found["object"] == kind else book.get(kind, id)


def browse(
    address: str, kind: str, spec: Spec | None = None, keep: Callable[[Thing, Thing], bool] | None = None
) -> None:
    """A list, newest first. Parameters of `spec` are fields that must be equal, unless `keep` judges them."""

    @route("GET", address, {**PAGING, "created": when, **(spec or {})})
    def read(book: Book, asked: Thing) -> Thing:
        given = {name: asked[name] for name in (spec or {}) if asked.get(name) is not None}
        # What the database can compare, it compares.
        simple = ("customer", "invoice") if "*" in str(given.get("type", "*")) else ("customer", "invoice", "type")
        wanted = {name: value for name, value in given.items() if keep is None or name in simple}
        things = book.find(kind, **wanted)
        things = [
            one
            for one in things
            if within(one["created"] if "created" in one else one["date"], asked.get("created", {}))
        ]
        return page([one for one in things if keep is None or keep(one, asked)], asked, address)


def page(things: list[Thing], asked: Thing, url: str) -> Thing:
    """One page of things that are given oldest first."""
    limit = asked.get("limit", 10)
    if not 1 <= limit <= 100:
        raise Refusal("Invalid limit: from 1 to 100.", code="parameter_invalid_integer", param="limit")
    things = things[::-1]
    places = {one["id"]: place for place, one in enumerate(things)}
    for name in ("starting_after", "ending_before"):
        if asked.get(name) and asked[name] not in places:
            raise Refusal(f"No such object: '{asked[name]}'", code="resource_missing", param=name)
    if asked.get("ending_before"):
        before = things[: places[asked["ending_before"]]]
        return listing(before[-limit:], url, more=len(before) > limit)
    after = things[places[asked["starting_after"]] + 1 :] if asked.get("starting_after") else things
    return listing(after[:limit], url, more=len(after) > limit)


@dataclass
class Answer:
    status: int
    body: str
    headers: dict[str, str]


def answer(book: Book, method: str, path: str, query: str, body: str, headers: Mapping[str, str]) -> Answer:
    """What the account says to one request of the API."""
    number = f"req_{secrets.token_hex(7)}"
    told = {"Request-Id": number, "Content-Type": "application/json"}
    key = headers.get("Idempotency-Key", "")
    try:
        live = authenticated(book, headers.get("Authorization", ""))
        version = headers.get("Stripe-Version", RELEASE)
        if not version.endswith(RELEASE):
            raise Refusal(f"Invalid Stripe API version: {version}; the stand-in speaks {RELEASE}.")
        asked = decoded(body if method == "POST" else query)
        replays = key if method == "POST" else ""
        if replays:
            told["Idempotency-Key"] = key
            digest = hashlib.sha256(f"{path}\n{json.dumps(asked, sort_keys=True)}".encode()).hexdigest()
        with book.transaction(live=live):
            if replays and (kept := replayed(book, f"{live:d}:{key}", digest)):
                return Answer(kept[0], kept[1], {**told, "Idempotent-Replayed": "true"})
            book.request = {"id": number, "idempotency_key": key or None}
            found, names = routed(method, path)
            status = 200
            try:
                wanted = parsed(found.spec, asked)
                thing = found.handler(book, **names, asked=wanted)
                said = json.dumps(expanded(book, shown(book, thing), wanted.get("expand", [])))
            except CardRefusal as refusal:
                status, said = refusal.status, json.dumps(refusal.body())
            if replays:
                row = (f"{live:d}:{key}", digest, status, said, book.now() + DAY)
                book.db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", row)
        return Answer(status, said, told)
    except Refusal as refusal:
        return Answer(refusal.status, json.dumps(refusal.body()), told)


def authenticated(book: Book, header: str) -> bool:
    """Whether the key is a live one. Raises Refusal without a key that counts here."""
    key = header.removeprefix("Bearer ").strip()
    with book.lock:
        expected = book.setting("key", "")
    if not key:
        raise Refusal("You did not provide an API key.", status=401)
    if not re.fullmatch(r"(sk|rk)_(test|live)_\w{4,}", key) or (expected and key != expected):
        raise Refusal(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", status=401, code="api_key_invalid")
    return key[3:7] == "live"


def replayed(book: Book, key: str, digest: str) -> tuple[int, str] | None:
    row: Any = book.db.execute("SELECT asked, status, body, until FROM answers WHERE key = ?", (key,)).fetchone()
    if row is None or row[3] <= book.now():
        return None
    if row[0] != digest:
        raise Refusal(
            "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            kind="idempotency_error",
        )
    return row[1], row[2]


def routed(method: str, path: str) -> tuple[Route, dict[str, str]]:
    for one in ROUTES:
        match = one.address.fullmatch(path)
        if match and one.method == method:
            return one, match.groupdict()
    raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404, code="resource_missing")
