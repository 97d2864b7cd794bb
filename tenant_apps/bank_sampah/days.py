"""Days and places as people and addresses write them."""

from __future__ import annotations

import re
from datetime import date

# "2" is an RW, "3/2" an RT of an RW, as Indonesian addresses write it (RT 003/RW 002).
_PLACE = re.compile(
    r"(?:RT\s*)?([0-9]{1,3})\s*/\s*(?:RW\s*)?([0-9]{1,3})|(?:RW\s*)?([0-9]{1,3})", re.IGNORECASE | re.ASCII
)


class IsoDay:
    """A day in an address: 2026-12-05."""

    regex = "[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return str(value)


def places_from(text: str) -> list[int]:
    """ "1, 3/2" -> RW 1, and RT 3 of RW 2, each as 100 × RW + RT with 0 for all RTs.

    Raises:  ValueError naming what is no place.
    """
    found = []
    for part in (one.strip() for one in text.split(",")):
        if not part:
            continue
        match = _PLACE.fullmatch(part)
        rw, rt = (0, 0) if match is None else (int(match[2] or match[3]), int(match[1] or 0))
        if not 1 <= rw <= 99 or not 0 <= rt <= 99 or (match is not None and match[1] and not rt):
            raise ValueError(part)
        found.append(100 * rw + rt)
    return found
