"""Lists in pages: a signed cursor says after which row to go on, so that new rows shift nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from tenant_apps.api.errors import BadCursor
from tenants.errors import BadToken
from tenants.signing import dumps, loads

A_PAGE = 20
MOST_A_PAGE = 100
GOOD_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Page:
    """Some rows, and how to ask for those after them; no cursor on the last page."""

    items: Sequence[Any]
    next_cursor: str | None


def page_of_rows(rows: QuerySet[Any], *, name: str, order: Sequence[str], asked: dict[str, Any]) -> Page:
    """A page of a query. `order` ends with a unique field; "-" before a name turns it round. `name` is the list's own."""
    limit = asked["limit"]
    fields = [(one.lstrip("-"), one.startswith("-")) for one in order]
    if asked["cursor"]:
        after = _after(name, asked["cursor"], len(fields))
        rows = rows.filter(_beyond(fields, after))
    found = list(rows.order_by(*order)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    cursor = _cursor(name, [_value(found[-1], field) for field, _down in fields]) if more else None
    return Page(found, cursor)


def page_of_list(
    rows: Sequence[Any], *, name: str, key: Callable[[Any], tuple[Any, ...]], asked: dict[str, Any]
) -> Page:
    """A page of rows that are sorted by `key`, a tuple of plain values that is unique."""
    limit, width = asked["limit"], len(key(rows[0])) if rows else None
    if asked["cursor"]:
        after = tuple(_after(name, asked["cursor"], width))
        rows = [row for row in rows if key(row) > after]
    page = rows[:limit]
    return Page(page, _cursor(name, list(key(page[-1]))) if len(rows) > limit else None)


def page_of_places(rows: Any, *, name: str, asked: dict[str, Any]) -> Page:
    """A page of a ranking whose order no value of a row tells: the cursor says how many came before.

    `rows` is read by slices alone, one for the page and the row after it.
    """
    start = 0
    if asked["cursor"]:
        (told,) = _after(name, asked["cursor"], 1)
        start = int(told)
    limit = asked["limit"]
    found = list(rows[start : start + limit + 1])
    return Page(found[:limit], _cursor(name, [start + limit]) if len(found) > limit else None)


def _beyond(fields: Sequence[tuple[str, bool]], after: Sequence[Any]) -> Q:
    ways = []
    for place, (field, down) in enumerate(fields):
        same = Q(**{fields[i][0]: after[i] for i in range(place)})
        ways.append(same & Q(**{f"{field}__{'lt' if down else 'gt'}": after[place]}))
    return reduce(or_, ways)


def _value(row: Model, field: str) -> Any:
    value: Any = row
    for part in field.split("__"):
        value = getattr(value, part)
    return value


def _cursor(name: str, values: list[Any]) -> str:
    told = [{"at": one.isoformat()} if isinstance(one, (datetime, date)) else one for one in values]
    return dumps(f"api.{name}", told)


def _after(name: str, cursor: str, width: int | None) -> list[Any]:
    try:
        told = loads(f"api.{name}", cursor, max_age=GOOD_FOR)
    except BadToken as bad:
        raise BadCursor(_("This cursor is not one of this list. Begin again without it.")) from bad
    if width is not None and len(told) != width:
        raise BadCursor(_("This cursor is not one of this list. Begin again without it."))
    return [parse_datetime(one["at"]) if isinstance(one, dict) else one for one in told]
