"""The list of members, a piece at a time: a piece is found by the member beside it, so the last costs no more than the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat

from tenant_apps.bank_sampah.models import Member
from tenants.kernel.numbers import DocumentNumber

A_PIECE = 30
# A trigram.
LETTERS = 3
_PLACE = re.compile(f"-?{DocumentNumber.regex}")


@dataclass(frozen=True)
class Piece:
    """Some members; `earlier` and `later` are the places of the pieces beside it, empty where there are none."""

    object_list: list[Member]
    earlier: str = ""
    later: str = ""

    def __iter__(self) -> Iterator[Member]:
        return iter(self.object_list)


def piece_of(rows: QuerySet[Member], place: str = "", size: int = A_PIECE, words: str = "") -> Piece:
    """What comes after the member whose number `place` is, or before that one with a minus. Two queries, and no count.

    `rows` are those whose names have these `words`. A place that makes no sense is the beginning.
    """
    # Who is found by parts of the name is fetched by them and sorted then. The planner would rather walk along all names until
    # a page is full, which is right for parts of fewer than three letters alone: most people have those.
    by_parts = any(len(word) >= LETTERS for word in words.split())
    order = Concat("name", Value("")) if by_parts else F("name")
    found = _PLACE.fullmatch(place)
    beside = (
        Member.objects.filter(number=place.lstrip("-").upper()).values_list("name", "pk").first() if found else None
    )
    first = rows.order_by(order.asc(), "pk")
    if beside is None:
        return _forward(first, size)
    name, key = beside
    if place.startswith("-"):
        before = rows.filter(name__lte=name).filter(Q(name__lt=name) | Q(pk__lt=key))
        got = list(before.order_by(order.desc(), "-pk")[: size + 1])
        shown = got[:size][::-1]
        if not shown:
            return _forward(first, size)
        return Piece(shown, f"-{shown[0].number}" if len(got) > size else "", shown[-1].number)
    after = _forward(first.filter(name__gte=name).filter(Q(name__gt=name) | Q(pk__gt=key)), size)
    if not after.object_list:
        return _forward(first, size)
    return Piece(after.object_list, f"-{after.object_list[0].number}", after.later)


def _forward(rows: QuerySet[Member], size: int) -> Piece:
    got = list(rows[: size + 1])
    shown = got[:size]
    return Piece(shown, later=shown[-1].number if len(got) > size else "")
