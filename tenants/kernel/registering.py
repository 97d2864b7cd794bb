"""Tables that apps fill when the process starts: each name once, for a second one would silently take the first one's place."""

from __future__ import annotations

from typing import TypeVar

Value = TypeVar("Value")


def register_once(table: dict[str, Value], name: str, value: Value, *, what: str) -> None:
    """Raises:  ValueError, saying what it is, for a name that is taken."""
    if name in table:
        raise ValueError(f"{what} {name!r} is registered twice")
    table[name] = value
