"""`make bench-console`: pages of the operators and supervisors over 100, 1,000 and 7,300 regions."""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence

from tests.benchmarks import report
from tests.benchmarks.figures import Line, Section, duration, megabytes
from tests.benchmarks.ground import Ground
from tests.benchmarks.sides.console_pages import PAGES

SIZES = (100, 1_000, 7_300)
DAYS = 90
# Of the largest fleet; in seconds.
AT_MOST = 0.200
INTRODUCTION = """
# The fleet console, measured

Written by `{command}`; do not edit. Pages of the operators and of supervisors, each with session, audit row and all else that it does,
over fleets that are rows of `public` alone (`tests/shared_apps/operations/synthetic.py`): a region for each kecamatan with its figures
and 90 days behind it. A figure is server time, taken around all of Django with its middleware: median, and in brackets the 95th percentile.
"""
CLOSING = """
## How it is done

- One process with the web's login asks through Django's test client; no network, no gunicorn. Each page once unmeasured, then measured.
- The planner has its statistics, as autovacuum gives them within a minute or two.
- The bar (200 ms) is for the 95th percentile at 7,300 regions; and a page may take no more statements there than at 1,000. Where one
  took fewer at 100, its filter found nothing there.
- The CSV writes all regions to a file before it is sent.
"""


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def looking(stage: Ground, sizes: Sequence[int] = SIZES, rounds: int = 20, days: int = DAYS) -> list[Section]:
    """Every page at every size, and what beat does at the largest."""
    worker = stage.agent("ours", login="worker")
    web = stage.agent("ours", login="web", name="bench console")
    told: dict[str, list[dict[str, object]]] = {name: [] for name in PAGES}
    rows = 0
    for many in sizes:
        rows = worker.ask("lay_out_fleet", many=many, days=days)
        with stage.admin() as admin:
            admin.execute("VACUUM ANALYZE")
        for name in PAGES:
            path = web.ask("address_of", name=name)
            web.ask("look_at", path=path, times=1)
            stage.forget_calls()
            web.ask("look_at", path=path, times=1)
            queries = stage.calls("ours")
            told[name].append({**web.ask("look_at", path=path, times=rounds), "queries": queries})
    largest = sizes[-1]
    pages = Section(
        f"Server time and statements of a page, n={rounds}",
        f"The first column is a fleet of {largest:,} regions ({rows:,} rows of days), the second one of"
        f" {' and '.join(f'{many:,}' for many in sizes[:-1]) or 'no other size'}.",
        side=f"{largest:,} regions",
        against=" / ".join(f"{many:,}" for many in sizes[:-1]) or "–",
    )
    for name, found in told.items():
        last, before = found[-1], found[:-1]
        # An empty page asks for less: the smallest fleet has no region that some of the filters look for.
        same = len({one["queries"] for one in found[-2:]}) == 1
        pages.lines.append(
            Line(
                name,
                f"{_time(last)}, of it {duration(percentile(_values(last, 'processor'), 0.5))} of our processor,"
                f" {last['queries']} statements, {megabytes(float(str(last['bytes'])))}",
                " / ".join(f"{_time(one)}, {one['queries']}" for one in before),
                "" if same else "more statements",
                f"≤ {duration(AT_MOST)}",
                same and percentile(_values(last), 0.95) <= AT_MOST,
            )
        )
    took = worker.ask("sum_up_all")
    beat = Section(f"What beat does at {largest:,} regions", "Once each, on rows that are there already.", against="")
    beat.lines += [
        Line("days of two days become days of areas, every five minutes", duration(took["recent"])),
        Line("days of five weeks, and the old ones forgotten, each night", duration(took["long"])),
    ]
    return [pages, beat]


def _values(one: dict[str, object], name: str = "seconds") -> list[float]:
    values = one[name]
    assert isinstance(values, list)
    return values


def _time(one: dict[str, object]) -> str:
    return f"{duration(percentile(_values(one), 0.5))} ({duration(percentile(_values(one), 0.95))})"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.console", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks-console.md")
    asked.add_argument("--rounds", type=int, default=20)
    options = asked.parse_args()

    def work(stage: Ground) -> list[Section]:
        stage.agent("ours", login="worker").ask("prepare")
        return looking(stage, rounds=options.rounds)

    return report.measured("console", 1, work, introduction=INTRODUCTION, closing=CLOSING, write=options.write)


if __name__ == "__main__":
    sys.exit(main())
