"""Whether an answer has the shape that the SDK's own types give it: nothing missing, nothing of another type, nothing unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from types import NoneType, UnionType
from typing import Any, ForwardRef, Literal, Union, get_args, get_origin

import stripe
from stripe import StripeObject
from stripe._list_object import ListObject
from stripe._object_classes import get_object_class
from stripe._stripe_object import UntypedStripeObject

PLAIN: dict[Any, Any] = {int: int, str: str, bool: bool, float: (int, float), Decimal: str}


def faults(value: Any, *, at: str = "") -> Iterator[str]:
    """What is wrong in an object of the API, a line each."""
    if value.get("object") == "list":
        for number, one in enumerate(value["data"]):
            yield from faults(one, at=f"{at}[{number}]")
        return
    yield from of_class(get_object_class("V1", value["object"]), value, at or value["object"])


def of_class(cls: type, value: Mapping[str, Any], at: str) -> Iterator[str]:
    fields = {name: what for name, what in cls.__annotations__.items() if name != "OBJECT_NAME" and name[0] != "_"}
    if value.get("deleted") is True and "deleted" in fields:
        fields = {name: fields[name] for name in ("id", "object", "deleted")}
    for name in value.keys() - fields.keys():
        yield f"{at}.{name}: unknown"
    for name, what in fields.items():
        if name in value:
            yield from of_type(what, value[name], f"{at}.{name}")
        elif NoneType not in get_args(what):
            yield f"{at}.{name}: missing"


def of_type(what: Any, value: Any, at: str) -> Iterator[str]:
    if isinstance(what, ForwardRef):
        what = getattr(stripe, what.__forward_arg__, Any)
    origin, args = get_origin(what), get_args(what)
    if what is Any or what in (dict, object):
        return
    if origin in (Union, UnionType):
        yield from of_one(args, value, at)
    elif origin is Literal:
        if value not in args:
            yield f"{at}: {value!r} is none of {args}"
    elif origin is list:
        if not isinstance(value, list):
            yield f"{at}: {value!r} is no list"
            return
        for number, one in enumerate(value):
            yield from of_type(args[0], one, f"{at}[{number}]")
    elif origin is ListObject:
        if not isinstance(value, dict) or value.keys() != {"object", "data", "has_more", "url"}:
            yield f"{at}: no list object"
            return
        for number, one in enumerate(value["data"]):
            yield from of_type(args[0], one, f"{at}[{number}]")
    elif origin is UntypedStripeObject or origin is dict:
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no table"
    elif what in PLAIN:
        if not isinstance(value, PLAIN[what]) or (isinstance(value, bool) and what is not bool):
            yield f"{at}: {value!r} is no {what.__name__}"
    elif isinstance(what, type) and issubclass(what, StripeObject):
        if not isinstance(value, dict):
            yield f"{at}: {value!r} is no object"
            return
        yield from of_class(what, value, at)


def of_one(args: tuple[Any, ...], value: Any, at: str) -> Iterator[str]:
    """One of several types. A closed set beside `str` is meant closed: the SDK leaves it open for later releases."""
    if value is None:
        if NoneType not in args:
            yield f"{at}: null"
        return
    closed = [one for one in args if get_origin(one) is Literal]
    if closed and isinstance(value, str):
        if not any(value in get_args(one) for one in closed):
            yield f"{at}: {value!r} is none of the known"
        return
    tries = [list(of_type(one, value, at)) for one in args if one is not NoneType]
    if all(tries):
        yield from min(tries, key=len)


class CheckingClient(stripe.HTTPClient):
    """The SDK's HTTP client, which also looks at every answer that comes by."""

    name = "checking"

    def __init__(self) -> None:
        super().__init__()
        self.inner = stripe.RequestsClient()
        self.answers = 0

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> Any:
        body, status, told = self.inner.request(method, url, headers, post_data)
        if status == 200:
            wrong = list(faults(json.loads(body)))
            assert not wrong, f"{method} {url}: " + "\n".join(wrong)
            self.answers += 1
        return body, status, told

    def close(self) -> None:
        self.inner.close()  # type: ignore[no-untyped-call]
