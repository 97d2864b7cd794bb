"""How a thing is shown: without what we keep for ourselves, and with what was asked to be expanded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book, Thing

# What is shown only when asked for, by kind: the name, and the kind and field that make its list; or what we keep as `_name`.
ON_REQUEST: dict[str, dict[str, tuple[str, str] | None]] = {
    "invoice": {"payments": ("invoice_payment", "invoice"), "confirmation_secret": None},
    "checkout.session": {"line_items": None},
    "customer": {"subscriptions": ("subscription", "customer")},
    "charge": {"refunds": ("refund", "charge")},
}


def shown(book: Book, thing: Any) -> Any:
    """A copy without private fields."""
    if isinstance(thing, dict):
        return {name: shown(book, value) for name, value in thing.items() if not name.startswith("_")}
    if isinstance(thing, list):
        return [shown(book, one) for one in thing]
    return thing


def listing(things: Sequence[Thing], url: str, *, more: bool = False) -> Thing:
    return {"object": "list", "data": list(things), "has_more": more, "url": url}


def expanded(book: Book, answer: Thing, paths: Sequence[str]) -> Thing:
    """Raises Refusal for a path that leads nowhere."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > 4 + (answer.get("object") == "list"):
            raise Refusal("You cannot expand more than 4 levels.", param="expand")
        _expand(book, answer, steps, path)
    return answer


def _expand(book: Book, here: Any, steps: Sequence[str], path: str) -> None:
    if isinstance(here, list):
        for one in here:
            _expand(book, one, steps, path)
        return
    if not steps or here is None:
        return
    name, rest = steps[0], steps[1:]
    extra = ON_REQUEST.get(here.get("object", ""), {})
    if name in extra and name not in here:
        here[name] = _on_request(book, here, name, extra[name])
    if name not in here:
        raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    value = here[name]
    if isinstance(value, str):
        found = book.seek(value)
        if found is None:
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
        here[name] = shown(book, found)
    elif isinstance(value, list):
        value[:] = [shown(book, book.seek(one)) if isinstance(one, str) else one for one in value]
    elif value is not None and not isinstance(value, dict):
        raise Refusal(f"This property cannot be expanded ({path}).", param="expand")
    _expand(book, here[name], rest, path)


def _on_request(book: Book, here: Thing, name: str, found_by: tuple[str, str] | None) -> Any:
    if found_by is None:
        kept = book.seek(here["id"]) or {}
        return shown(book, kept.get(f"_{name}"))
    kind, field = found_by
    things = [shown(book, one) for one in reversed(book.find(kind, **{field: here["id"]}))]
    return listing(things, f"/v1/{kind}s?{field}={here['id']}")
