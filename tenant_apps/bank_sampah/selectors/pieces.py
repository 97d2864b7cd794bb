"""The list of members, a piece at a time: a piece is found by the member beside it, so the last costs no more than the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from tenant_apps.bank_sampah.models import Member
from tenants.kernel.numbers import DocumentNumber

A_PIECE = 30
_PLACE = re.compile(f"-?{DocumentNumber.regex}")


@dataclass(frozen=True)
class Piece:
    """Some members; `earlier` and `later` are the places of the pieces beside it, empty where there are none."""

    object_list: list[Member]
    earlier: str = ""
    later: str = ""

    def __iter__(self) -> Iterator[Member]:
        return iter(self.object_list)


def piece_of(rows: QuerySet[Member], place: str = "", size: int = A_PIECE) -> Piece:
    """What comes after the member whose number `place` is, or before that one with a minus. Two queries, and no count.

    `rows` are in the order of name and key. A place that makes no sense is the beginning.
    """
    found = _PLACE.fullmatch(place)
    beside = (
        Member.objects.filter(number=place.lstrip("-").upper()).values_list("name", "pk").first() if found else None
    )
    if beside is None:
        return _forward(rows, size)
    name, key = beside
    if place.startswith("-"):
        before = rows.filter(name__lte=name).filter(Q(name__lt=name) | Q(pk__lt=key)).order_by("-name", "-pk")
        got = list(before[: size + 1])
        shown = got[:size][::-1]
        if not shown:
            return _forward(rows, size)
        return Piece(shown, f"-{shown[0].number}" if len(got) > size else "", shown[-1].number)
    after = _forward(rows.filter(name__gte=name).filter(Q(name__gt=name) | Q(pk__gt=key)), size)
    if not after.object_list:
        return _forward(rows, size)
    return Piece(after.object_list, f"-{after.object_list[0].number}", after.later)


def _forward(rows: QuerySet[Member], size: int) -> Piece:
    got = list(rows[: size + 1])
    shown = got[:size]
    return Piece(shown, later=shown[-1].number if len(got) > size else "")
