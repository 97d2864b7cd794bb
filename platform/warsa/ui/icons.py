"""The app's icon as a phone wants it: the same sign as `static/ui/mark.svg`, drawn as pixels."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw

# The sign's own grid, as in mark.svg.
GRID = 48
PAPER, LEAF, CHILLI, SAFFRON = "#fbf6ec", "#0d5c52", "#c8371b", "#f2b33d"
STRIPES = (
    (CHILLI, ((4, 20), (9, 6), (16, 6), (14, 20)), 9),
    (CHILLI, ((24, 20), (24, 6), (32, 6), (34, 20)), 29),
    (SAFFRON, ((14, 20), (16, 6), (24, 6), (24, 20)), 19),
    (SAFFRON, ((34, 20), (32, 6), (39, 6), (44, 20)), 39),
)
LETTER = (
    (13, 25), (17, 37), (20, 37), (24, 28), (28, 37), (31, 37), (35, 25), (31, 25), (28.8, 32), (25.5, 25), (22.5, 25), (19.2, 32),
    (17, 25),
)  # fmt: skip
# Drawn larger and made small again, so that edges are smooth.
FINER = 4
# A launcher may cut a maskable icon down to the middle four fifths.
SAFE = 0.66


@lru_cache(maxsize=8)
def icon_png(size: int, *, filled: bool) -> bytes:
    """A square PNG. `filled` leaves no transparent corner and keeps the sign within what every mask shows."""
    side = size * FINER
    image = Image.new("RGBA", (side, side), PAPER if filled else (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    scale = side / GRID * (SAFE if filled else 1)
    edge = (side - GRID * scale) / 2

    def at(x: float, y: float) -> tuple[float, float]:
        return edge + x * scale, edge + y * scale

    draw.rectangle((*at(6, 20), *at(42, 42)), fill=LEAF)
    draw.polygon([at(*point) for point in LETTER], fill=PAPER)
    for colour, corners, middle in STRIPES:
        draw.polygon([at(*point) for point in corners], fill=colour)
        draw.pieslice((*at(middle - 5, 15), *at(middle + 5, 25)), 0, 180, fill=colour)
    out = BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()
