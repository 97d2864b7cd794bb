"""Packs that somebody wrote down, checked against what is possible, and as base units for the stock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from tenant_apps.procurement.errors import BadPacks
from tenant_apps.procurement.models import RestockLine
from tenant_apps.stock.services import Line


def checked(lines: Sequence[RestockLine], quantities: Mapping[int, int], most: Mapping[int, int]) -> dict[int, int]:
    """Packs by line id, for every line: from 0 to that line's `most`.

    Raises:  BadPacks, naming the line, when a quantity is missing or impossible, or belongs to no line.
    """
    if quantities.keys() - {line.pk for line in lines}:
        raise BadPacks(_("This has a line that the request does not have. Look at it again."))
    for line in lines:
        # A line of which nothing can come need not be written down.
        quantity = quantities.get(line.pk, -1 if most[line.pk] else 0)
        if not 0 <= quantity <= most[line.pk]:
            raise BadPacks(
                _("%(product)s: write down a number from 0 to %(most)s.")
                % {"product": line.product_name, "most": most[line.pk]},
                line_id=line.pk,
            )
    return {line.pk: quantities.get(line.pk, 0) for line in lines}


def goods(lines: Iterable[RestockLine], packs: Mapping[int, int]) -> list[Line]:
    """What so many packs of each line are in base units, unopened as they travel; lines of nothing are left out."""
    return [
        Line(line.product_id, packs[line.pk] * line.base_quantity, sealed_in=line.pack_id)
        for line in lines
        if packs[line.pk]
    ]
