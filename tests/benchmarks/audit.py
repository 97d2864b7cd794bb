"""Lighthouse looks at a region's storefront as a phone sees it: `make audit` writes docs/storefront-audit.md.

Needs Node.js with npx, which fetches Lighthouse; the pages come from a platform of its own, started as `make run` starts it.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.embedded.supervisor import database_home, free_port
from tests.running import ROOT, start_platform

# The last line of versions that judges an installable app, too.
LIGHTHOUSE = "lighthouse@11.7.1"
PAGE = ROOT / "docs" / "storefront-audit.md"
PAGES = {
    "Front page": "/",
    "A warung's shelves": "/warung/warung-hasan/",
    "Search": "/cari/?q=beras",
    "Cart": "/keranjang/",
    "Sign up": "/daftar/",
}
CATEGORIES = {
    "performance": "Performance",
    "pwa": "PWA",
    "accessibility": "Accessibility",
    "best-practices": "Best practices",
    "seo": "SEO",
}
TIMES = ("largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift", "total-byte-weight")
BAR = 95


@dataclass(frozen=True)
class Audit:
    """One page: points of 100 by category, figures as Lighthouse words them, and what it would have better."""

    name: str
    points: dict[str, int]
    figures: list[str]
    faults: list[str]


@contextmanager
def site() -> Iterator[str]:
    """The demo region of a platform of its own."""
    home, port = Path(tempfile.mkdtemp(prefix="warsa-audit-")), free_port()
    child, output, _seconds = start_platform(home, port, home / "output")
    try:
        assert "Ready after" in output.read_text(), output.read_text()
        yield f"http://kalidoni.localhost:{port}"
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(database_home(home), ignore_errors=True)


def audit(name: str, address: str) -> Audit:
    """Lighthouse with its own throttling of a phone: slow 4G, a processor four times slower."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.json"
        subprocess.run(
            [
                *("npx", "--yes", LIGHTHOUSE, address, "--quiet", "--output=json", f"--output-path={told}"),
                "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage",
            ],
            check=True,
            env={**os.environ, "CHROME_PATH": shutil.which("chromium") or "chromium"},
        )
        return _read(name, json.loads(told.read_text()))


def _read(name: str, told: dict[str, Any]) -> Audit:
    audits, categories = told["audits"], told["categories"]
    faults = [
        f"{audits[ref['id']]['title']} ({CATEGORIES[key]})"
        for key in CATEGORIES
        for ref in categories[key]["auditRefs"]
        if ref["weight"] and (audits[ref["id"]]["score"] is not None) and audits[ref["id"]]["score"] < 0.9
    ]
    points = {key: round((categories[key]["score"] or 0) * 100) for key in CATEGORIES}
    return Audit(name, points, [audits[one]["displayValue"] for one in TIMES], faults)


def page_of(audits: list[Audit], load: float) -> str:
    """docs/storefront-audit.md."""
    head = ["", *CATEGORIES.values(), "Largest paint", "Blocked", "Shift", "Weight"]
    rows = [[one.name, *(str(one.points[key]) for key in CATEGORIES), *one.figures] for one in audits]
    table = [" | ".join(row) for row in (head, ["---"] * len(head), *rows)]
    faults = [f"- {one.name}: {fault}" for one in audits for fault in one.faults] or ["- nothing"]
    return "\n".join(
        [
            "# The storefront, audited",
            "",
            f"`make audit` starts the platform with its demo region and lets Lighthouse {LIGHTHOUSE.partition('@')[2]} visit it as a phone:"
            " slow 4G, a processor four times slower, nothing in its cache. The bar is 95 of 100 in each category.",
            "",
            *(f"| {line} |" for line in table),
            "",
            "Lighthouse would have better:",
            "",
            *faults,
            "",
            f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC on {os.cpu_count()} cores, load average {load:.2f} before the run.",
            "",
            "What a first visit weighs (at most 100 KB without photos, what the service worker fetches included), that the site can"
            " be installed, and what stays without network are tests: `tests/journeys/test_storefront_audit.py`. They run with"
            " `make test`; `-s` prints the bytes.",
            "",
        ]
    )


def main() -> int:
    """Audit every page; 1 when one is below the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    wanted = parser.parse_args()
    if not shutil.which("npx"):
        print("npx is not here: install Node.js (on Debian: apt install npm).", file=sys.stderr)
        return 2
    load = os.getloadavg()[0]
    with site() as address:
        audits = [audit(name, address + path) for name, path in PAGES.items()]
    text = page_of(audits, load)
    print(text)
    if wanted.write:
        PAGE.write_text(text)
    return 0 if all(points >= BAR for one in audits for points in one.points.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
