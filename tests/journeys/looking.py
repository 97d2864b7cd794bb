"""What every page must be for everybody: readable, within the screen, by day and by night."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SHOTS = os.environ.get("WARSA_SCREENSHOTS", "")
WIDTHS = (360, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# A scheme changes colours and a width changes the layout: two runs of axe see both of each.
BRIEFLY = ((360, "light"), (1280, "dark"))
EVERY_WAY = tuple((width, scheme) for width in WIDTHS for scheme in SCHEMES)


def serious_faults(page: Page) -> list[tuple[str, str]]:
    """What axe calls serious or critical on the page as it is now."""
    found = Axe().run(page).response["violations"]
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in ("serious", "critical")]


def look(page: Page, name: str, *, checked: Sequence[tuple[int, str]] = BRIEFLY) -> None:
    """No serious accessibility fault, nothing wider than the screen, light and dark; pictures where they are wanted.

    Afterwards the page is a phone's again.
    """
    for width, scheme in EVERY_WAY:
        page.set_viewport_size({"width": width, "height": 800})
        # Without motion, so that no colour is seen half way from one scheme to the other.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, f"{name} is {wider} px wider than {width} px"
        if (width, scheme) in checked:
            assert serious_faults(page) == [], f"{name}, {width} px, {scheme}"
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"{name}-{width}-{scheme}.png", full_page=True)
    page.emulate_media(color_scheme="light", reduced_motion="no-preference")
    page.set_viewport_size({"width": 360, "height": 740})
