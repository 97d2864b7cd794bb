"""What a supplier's programme may say, read strictly: a body that is not exactly so is refused with the place that is wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared_apps.exchange.models import MOST_PACKS
from tenants.kernel.errors import DomainError

MOST_BYTES = 256 * 1024
MOST_LINES = 500
TYPES = ("confirm", "change", "refuse", "ship", "invoice")
_MOST = 10**12


class BadEvent(DomainError):
    """The body does not say what it should. The words are for programmers, so they stay English."""

    code = "bad_event"
    status = 400


@dataclass(frozen=True)
class Said:
    """An event as it came: `data` is checked where it is used."""

    event_id: str
    type: str
    data: Mapping[str, Any]


def read(body: bytes) -> Said:
    """Raises:  BadEvent."""
    try:
        whole = json.loads(body.decode(), parse_constant=_no_number, parse_float=_no_number)
    except (ValueError, RecursionError) as bad:
        raise BadEvent("the body is no JSON in UTF-8, or has a number that is not whole") from bad
    if not isinstance(whole, dict):
        raise BadEvent("the body is no object")
    event_id, kind, data = whole.get("id"), whole.get("type"), whole.get("data", {})
    if not isinstance(event_id, str) or not 1 <= len(event_id) <= 80 or not event_id.isprintable():
        raise BadEvent("id: a text of 1 to 80 characters that names this event")
    if kind not in TYPES:
        raise BadEvent(f"type: one of {', '.join(TYPES)}")
    if not isinstance(data, dict):
        raise BadEvent("data: an object")
    return Said(event_id, str(kind), data)


def text(data: Mapping[str, Any], name: str, most: int = 240, *, needed: bool = False) -> str:
    value = data.get(name, "")
    if value is None:
        value = ""
    if not isinstance(value, str) or len(value) > most or "\x00" in value or _broken(value):
        raise BadEvent(f"{name}: a text of at most {most} characters")
    if needed and not value.strip():
        raise BadEvent(f"{name}: is missing")
    return value


def number(data: Mapping[str, Any], name: str, *, least: int = 0, most: int = _MOST) -> int | None:
    """A whole number, or None where there is none."""
    value = data.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadEvent(f"{name}: a whole number from {least} to {most}")
    return value


def day(data: Mapping[str, Any], name: str) -> date | None:
    value = data.get(name)
    if value is None:
        return None
    try:
        found = date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        found = None
    if found is None or not 2020 <= found.year <= 2100:
        raise BadEvent(f"{name}: a day such as 2026-11-30")
    return found


def lines(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The lines, each with the position that it has in the order.

    Raises:  BadEvent.
    """
    value = data.get("lines")
    if (
        not isinstance(value, list)
        or not 1 <= len(value) <= MOST_LINES
        or not all(isinstance(one, dict) for one in value)
    ):
        raise BadEvent(f"lines: a list of 1 to {MOST_LINES} objects")
    for one in value:
        if number(one, "position", least=1, most=32_767) is None:
            raise BadEvent("position: is missing")
        number(one, "packs", most=MOST_PACKS)
    if len({one["position"] for one in value}) != len(value):
        raise BadEvent("position: a line is there twice")
    return value


def _no_number(value: str) -> Any:
    raise ValueError(value)


def _broken(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return True
    return False
