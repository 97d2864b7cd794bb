"""Maps of tiles: areas as squares of one size, coloured by a measure. No borders are drawn, for no official ones are free.

Provinces stand about where they lie (`data/provinces.csv`, set by hand); regencies and kecamatan stand in the order of their codes.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from shared_apps.operations.areas import Figures
from tenants.kernel.money import rupiah_text

# Classes of colour above "nothing"; more cannot be told apart.
SHADES = 5
TILE = 60
_SHARES = (25, 50, 75, 100)


class Measure(models.TextChoices):
    """What colours the map."""

    TARGET = "target", gettext_lazy("Warungs against the target")
    WARUNGS = "warungs", gettext_lazy("Open warungs")
    ORDERS = "orders", gettext_lazy("Orders of 30 days")
    GMV = "gmv", gettext_lazy("Sales of 30 days")
    REGIONS = "regions", gettext_lazy("Regions")
    STALE = "stale", gettext_lazy("Silent regions")


VALUE: dict[Measure, Callable[[Figures], int | None]] = {
    Measure.TARGET: lambda one: one.warungs_share,
    Measure.WARUNGS: lambda one: one.warungs if one.regions else None,
    Measure.ORDERS: lambda one: one.orders if one.regions else None,
    Measure.GMV: lambda one: one.gmv if one.regions else None,
    Measure.REGIONS: lambda one: one.regions or None,
    Measure.STALE: lambda one: one.stale if one.regions else None,
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One area on the map. `shade` 0 is zero, 1 to 5 more and more; None is "nothing to show"."""

    code: str
    name: str
    short: str
    shown: str
    shade: int | None
    x: int = 0
    y: int = 0

    @property
    def css(self) -> str:
        return "heat-none" if self.shade is None else f"heat-{self.shade}"


@dataclass(frozen=True, slots=True)
class LegendEntry:
    css: str
    words: str


@dataclass(frozen=True, slots=True)
class TileMap:
    """Tiles with their legend; `drawn` when they have positions of their own."""

    measure: Measure
    tiles: list[Tile]
    legend: list[LegendEntry]
    drawn: bool
    width: int = 0
    height: int = 0


def tile_map(rows: Sequence[Figures], measure: Measure) -> TileMap:
    """The map of these areas; of provinces as the country lies, of others in their order."""
    places = _provinces()
    drawn = bool(rows) and all(row.code in places for row in rows)
    bounds = _bounds([VALUE[measure](row) for row in rows], measure)
    tiles = []
    for row in rows:
        value = VALUE[measure](row)
        column, line, short = places.get(row.code, (0, 0, row.name))
        shade = None if value is None else _shade(value, bounds)
        tiles.append(Tile(row.code, row.name, short, _shown(value, measure), shade, column * TILE, line * TILE))
    width = max((tile.x for tile in tiles), default=0) + TILE
    height = max((tile.y for tile in tiles), default=0) + TILE
    return TileMap(measure, tiles, _legend(bounds, measure), drawn, width, height)


def _bounds(values: Iterable[int | None], measure: Measure) -> list[int]:
    """Where a shade ends and the next begins: at most four numbers, growing."""
    if measure == Measure.TARGET:
        return list(_SHARES)
    told = sorted(value for value in values if value)
    if not told:
        return []
    # As many areas in each shade, so that one large city leaves the others their differences.
    cuts = {told[len(told) * step // SHADES] for step in range(1, SHADES)}
    return sorted(cut for cut in cuts if cut > told[0])


def _shade(value: int, bounds: Sequence[int]) -> int:
    if value <= 0:
        return 0
    return 1 + sum(value >= bound for bound in bounds)


def _legend(bounds: Sequence[int], measure: Measure) -> list[LegendEntry]:
    none = _("no target") if measure == Measure.TARGET else _("no region")
    entries = [LegendEntry("heat-none", none), LegendEntry("heat-0", _shown(0, measure))]
    for shade, bound in enumerate(bounds, 1):
        entries.append(LegendEntry(f"heat-{shade}", _("below %(bound)s") % {"bound": _shown(bound, measure)}))
    if bounds:
        last = _("%(bound)s and more") % {"bound": _shown(bounds[-1], measure)}
    else:
        last = _("more than %(bound)s") % {"bound": _shown(0, measure)}
    entries.append(LegendEntry(f"heat-{len(bounds) + 1}", last))
    return entries


def _shown(value: int | None, measure: Measure) -> str:
    if value is None:
        return "–"
    if measure == Measure.TARGET:
        return f"{value} %"
    if measure == Measure.GMV:
        return short_rupiah(value)
    return f"{value:,}".replace(",", ".")


def short_rupiah(amount: int) -> str:
    """Rp 12.500 in full; from a million on in millions, as there is room for in a tile."""
    if abs(amount) < 1_000_000:
        return rupiah_text(amount)
    for unit, word in (
        (10**12, pgettext("rupiah", "tn")),
        (10**9, pgettext("rupiah", "bn")),
        (10**6, pgettext("rupiah", "m")),
    ):
        if abs(amount) >= unit:
            tenths = amount * 10 // unit
            whole, rest = divmod(tenths, 10)
            text = f"{whole:,}".replace(",", ".") + (f",{rest}" if rest and whole < 100 else "")
            return f"Rp\u00a0{text}\u00a0{word}"
    raise AssertionError(amount)


@cache
def _provinces() -> dict[str, tuple[int, int, str]]:
    """Code -> column, row and short name."""
    text = (Path(__file__).parent / "data" / "provinces.csv").read_text(encoding="utf-8")
    return {
        row["code"]: (int(row["column"]), int(row["row"]), row["short"]) for row in csv.DictReader(text.splitlines())
    }
