"""The OpenAPI document in an order and in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# By the module that holds the endpoints.
SECTIONS: dict[str, str | Promise] = {
    "region": _("The region, its goods and its warungs"),
    "me": _("You: profile, carts, orders, balance"),
    "around": _("Around shopping: delivery times, favourites, news, returns, receipts, savings"),
    "waste": _("Savings from waste: books, slips, payouts"),
    "toko": _("The counter of your warung"),
    "drawer": _("The counter's money: sales, the drawer's day, bon, books"),
    "shelf": _("The shelf: marks, arrivals, dates, counts"),
    "terms": _("The warung's terms: delivery, QRIS, payments to look at"),
}


@dataclass(frozen=True)
class Line:
    """One method of one address."""

    method: str
    path: str
    summary: str
    description: str
    needs_key: bool


@dataclass(frozen=True)
class Section:
    """Endpoints that belong together."""

    title: str
    lines: list[Line]


def sections_of(document: dict[str, Any]) -> list[Section]:
    """Every endpoint of the document."""
    found: dict[str, list[Line]] = {name: [] for name in SECTIONS}
    for path, methods in document["paths"].items():
        for method, what in methods.items():
            needs_key = any(one["name"] == "Idempotency-Key" for one in what.get("parameters", ()))
            line = Line(method.upper(), path, what["summary"], what.get("description", ""), needs_key)
            found.setdefault(what["tags"][0], []).append(line)
    return [Section(str(SECTIONS.get(name, name)), lines) for name, lines in found.items() if lines]
