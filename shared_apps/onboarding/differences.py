"""What one version of a blueprint has and another has not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

# What tells the entries of a list apart, whichever of these they have.
_KEYS = ("sku", "code", "slug", "word")
# Longer values are cut: the page shows that something changed, the file shows all of it.
_LONGEST = 160

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One field, as it was and as it is."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """One entry that is new, gone or changed. `key` names it inside its section: "products / SB-001"."""

    section: str
    key: str
    kind: Literal["added", "removed", "changed"]
    name: str
    changes: list[Change]


def count_of(data: Any) -> int:
    """How many entries a section has."""
    return sum(1 for _path, _value in _entries(data, ()))


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[Difference]:
    """Every entry of the sections that is not the same in both, in the order of the newer one; what is gone comes last."""
    old, new = dict(_entries(before, ())), dict(_entries(after, ()))
    found = []
    for path, value in new.items():
        if path not in old:
            found.append(_difference(path, "added", value, []))
        elif old[path] != value:
            found.append(_difference(path, "changed", value, list(_changes(old[path], value))))
    found += [_difference(path, "removed", value, []) for path, value in old.items() if path not in new]
    return found


def _entries(data: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _entries(value, (*path, str(name)))
    elif isinstance(data, list) and data and all(_key_of(item) for item in data):
        for item in data:
            yield (*path, str(_key_of(item))), item
    else:
        yield path, data


def _key_of(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((str(item[key]) for key in _KEYS if item.get(key)), None)


def _difference(
    path: Path, kind: Literal["added", "removed", "changed"], value: Any, changes: list[Change]
) -> Difference:
    name = str(value.get("name", "")) if isinstance(value, dict) else ""
    return Difference(path[0] if path else "", " / ".join(path[1:]), kind, name, changes)


def _changes(before: Any, after: Any) -> Iterator[Change]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield Change("", _text(before), _text(after))
        return
    for field in [*after, *(name for name in before if name not in after)]:
        if before.get(field) != after.get(field):
            yield Change(field, _text(before.get(field)), _text(after.get(field)))


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
