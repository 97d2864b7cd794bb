"""Who gets what of the units that came, where fewer came than were bought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tenant_apps.procurement.consolidation.cartons import handed_out
from tenant_apps.procurement.consolidation.fair import shares


class Claim(NamedTuple):
    """A line's part of a purchase: firm and tolerated units, and how many it was given of earlier deliveries."""

    line: int
    firm: int
    tolerance: int
    given: int = 0


def allot(received: int, claims: Sequence[Claim]) -> dict[int, int]:
    """Units by line, of everything that has come until now: what is firm before what is tolerated, in proportion.

    What was given stays given, so more that comes never makes anybody's share smaller. Of equal remainders the earlier line
    comes first; the order of the claims does not matter.
    Raises:  ValueError where more came than was bought, less came than was given, or a line stands twice.
    """
    rows = sorted(claims)
    given = [row.given for row in rows]
    if len({row.line for row in rows}) != len(rows):
        raise ValueError("a line stands twice")
    if received < sum(given):
        raise ValueError("less came than was given")
    fair = handed_out(received, [row.firm for row in rows], [row.tolerance for row in rows])
    # A share that is larger already than what is fair now is paid for by those that would get more.
    more = shares(received - sum(given), [max(want - got, 0) for want, got in zip(fair, given, strict=True)])
    return {row.line: got + extra for row, got, extra in zip(rows, given, more, strict=True)}
