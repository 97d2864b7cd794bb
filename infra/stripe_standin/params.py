"""What a request may say: a spec names each parameter and how to read it. `name!` must be there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from infra.stripe_standin.refusals import Refusal

# A value as it came (text, or a table of named values), and the name for messages.
Reader = Callable[[Any, str], Any]
Spec = Mapping[str, Reader]


def decoded(body: str) -> dict[str, Any]:
    """`a[b][0]=c` as nested tables."""
    tree: dict[str, Any] = {}
    for key, value in parse_qsl(body, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", key) or [key]
        place = tree
        for name in path:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise Refusal(f"Invalid object: {key}", param=key)
        place[last or str(len(place))] = value
    return tree


def parsed(spec: Spec, given: Mapping[str, Any], inside: str = "") -> dict[str, Any]:
    """Raises Refusal for what is unknown, missing or wrong."""
    readers = {name.rstrip("!"): reader for name, reader in spec.items()}
    found = {}
    for name, value in given.items():
        full = f"{inside}[{name}]" if inside else name
        if name not in readers:
            raise Refusal(f"Received unknown parameter: {full}", code="parameter_unknown", param=full)
        found[name] = readers[name](value, full)
    for name in spec:
        if name.endswith("!") and found.get(name[:-1]) in (None, ""):
            full = f"{inside}[{name[:-1]}]" if inside else name[:-1]
            raise Refusal(f"Missing required param: {full}.", code="parameter_missing", param=full)
    return found


def text(value: Any, name: str) -> str | None:
    """An empty text clears the field."""
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {name}", param=name)
    return value or None


def integer(value: Any, name: str) -> int:
    if not isinstance(value, str) or not re.fullmatch(r"-?\d{1,15}", value):
        raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
    return int(value)


def moment(value: Any, name: str) -> int | str | None:
    """Seconds since 1970; `now` where that is meant."""
    return value if value == "now" else None if value == "" else integer(value, name)


def percentage(value: Any, name: str) -> float:
    if not isinstance(value, str) or not re.fullmatch(r"\d{1,3}(\.\d{1,4})?", value):
        raise Refusal(f"Invalid decimal: {value}", param=name)
    return float(value)


def boolean(value: Any, name: str) -> bool:
    if value not in ("true", "false"):
        raise Refusal(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def choice(*allowed: str) -> Reader:
    def read(value: Any, name: str) -> str | None:
        if value == "":
            return None
        if value not in allowed:
            raise Refusal(f"Invalid {name}: must be one of {', '.join(allowed)}", param=name)
        return str(value)

    return read


def currency(value: Any, name: str) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-zA-Z]{3}", value):
        raise Refusal(f"Invalid currency: {value}", param=name)
    return value.lower()


def table(value: Any, name: str) -> dict[str, str | None]:
    """Metadata: at most 50 names; an empty value takes a name away."""
    if value == "":
        return {"*": None}
    if not isinstance(value, dict) or any(not isinstance(one, str) for one in value.values()):
        raise Refusal(f"Invalid object: {name}", param=name)
    for key, one in value.items():
        if len(key) > 40 or len(one) > 500:
            raise Refusal(f"Metadata of {key}: at most 40 characters in a name, 500 in a value.", param=name)
    if len(value) > 50:
        raise Refusal("Metadata can have at most 50 keys.", param=name)
    return {key: one or None for key, one in value.items()}


def anything(value: Any, name: str) -> Any:
    """Taken as it is, and of no effect here."""
    return value


def group(spec: Spec) -> Reader:
    def read(value: Any, name: str) -> dict[str, Any] | None:
        if value == "":
            return None
        if not isinstance(value, dict):
            raise Refusal(f"Invalid object: {name}", param=name)
        return parsed(spec, value, name)

    return read


def several(reader: Reader) -> Reader:
    def read(value: Any, name: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict):
            raise Refusal(f"Invalid array: {name}", param=name)
        keys = sorted(value, key=lambda key: int(key) if key.isdigit() else 0)
        return [reader(value[key], f"{name}[{key}]") for key in keys]

    return read


texts = several(text)


def when(value: Any, name: str) -> dict[str, int]:
    """A moment, or bounds: gt, gte, lt, lte."""
    if isinstance(value, dict):
        return parsed(dict.fromkeys(("gt", "gte", "lt", "lte"), integer), value, name)
    at = integer(value, name)
    return {"gte": at, "lte": at}


def within(at: int, bounds: Mapping[str, int]) -> bool:
    checks = {"gt": at.__gt__, "gte": at.__ge__, "lt": at.__lt__, "lte": at.__le__}
    return all(checks[bound](value) for bound, value in bounds.items())


def merged(metadata: Mapping[str, str], given: Mapping[str, str | None] | None) -> dict[str, str]:
    """Metadata after an update: names stay unless they were given anew or emptied."""
    if not given:
        return dict(metadata)
    kept = {} if "*" in given else dict(metadata)
    return {name: value for name, value in {**kept, **given}.items() if value is not None}


def amount(value: int, of: str, name: str) -> int:
    """Hundredths. The rupiah has no cents in use: an amount that is not whole is refused."""
    if of == "idr" and value % 100:
        raise Refusal(
            f"Invalid amount {value}: amounts in IDR are in hundredths and must be divisible by 100.",
            code="amount_not_whole",
            param=name,
        )
    return value
