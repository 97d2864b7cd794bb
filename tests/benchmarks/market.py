"""Shopping, beside django-oscar, and searching a large region: `make bench-market` writes docs/benchmarks-market.md."""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import fleets, report
from tests.benchmarks.figures import Line, Sample, Section, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.searching import searching

SIZES = (10, 1_000, 10_000)
AT_LEAST = 3.0
LINES = 3
INTRODUCTION = """
# Benchmarks of shopping

Written by `{command}`; do not edit. WARSA's shop beside django-oscar 4.2, and its search in a region as large as a storefront must bear.
A figure is the median; in brackets are the least, the greatest and the number of values. `make bench-market` exits with an error when
a bar is missed.
"""
CLOSING = """
## How it is done

- Each side is a process of its own; the time is taken inside of it, so starting Python and importing is in no figure. WARSA works with its
  roles, as the web process; django-oscar is installed from `requirements/oscar.txt` into an environment of its own and works as superuser.
- The large region (`tests/benchmarks/storefront.py`): every warung sells the 60 commonest products and 240 others, with stock, hours,
  evidence and a saving. `VACUUM ANALYZE` runs before anything is measured, as autovacuum does within a minute or two of such a change.
- The exact figures belong to this machine. What should hold elsewhere are the ratios, and that nothing grows with the catalogue.
"""


def prepare(stage: Ground) -> None:
    """Both shops, empty."""
    stage.install("oscar")
    stage.agent("oscar").ask("prepare")
    stage.agent("ours", login="worker").ask("prepare")
    fleets.found(stage, 1, builders=1)


def shopping(stage: Ground, sizes: tuple[int, ...] = SIZES, rounds: int = 12) -> list[Section]:
    """The list of goods and the checkout at each size of the catalogue; both sides take turns."""
    pages = Section(
        "The list of goods",
        "What a visitor without a session gets: WARSA's page of one warung with 24 goods, stock, market prices and savings;"
        " django-oscar's catalogue with 20, from its Whoosh index. No photos on either side. Through the whole middleware, in a"
        " process of its own each, with nothing of HTTP between; the sides take turns. Statements are counted by pg_stat_statements.",
        against="django-oscar 4.2",
    )
    orders = Section(
        "Checkout",
        f"{LINES} goods put into the cart one by one, the cart looked at, address and way chosen, the order placed, and its page read;"
        " paid in cash. WARSA promises stock under a lock, checks prices and evidence again and writes to its outbox; django-oscar"
        " allocates stock and sends its mail to nowhere. What a browser does is not counted. One customer in one process; a"
        " second's checkouts are the inverse of the median.",
        against="django-oscar 4.2",
    )
    ours, theirs = stage.agent("ours", login="web"), stage.agent("oscar")
    worker = stage.agent("ours", login="worker")
    counted: list[float] = []
    for size in sizes:
        worker.ask("stock_up", products=size)
        theirs.ask("stock_up", products=size)
        with stage.admin() as admin:
            admin.execute("ANALYZE")
        for what, section, do, arguments in (
            (f"{size:,} goods", pages, "storefront", {"times": 3}),
            (f"{size:,} goods", orders, "checkout", {"times": 1, "lines": LINES}),
        ):
            spent: dict[str, list[float]] = {"ours": [], "oscar": []}
            for agent in (ours, theirs):
                agent.ask(do, **arguments)
            for number in range(rounds):
                pair = [("ours", ours), ("oscar", theirs)]
                for name, agent in pair if number % 2 else reversed(pair):
                    spent[name].append(agent.ask(do, **arguments)["seconds"] / arguments["times"])
            mine, others = Sample(spent["ours"]), Sample(spent["oscar"])
            ratio = others.median / mine.median
            shown = times(ratio)
            if do == "checkout":
                shown += f"; {1 / mine.median:.1f} against {1 / others.median:.1f} a second"
            section.lines.append(Line(what, str(mine), str(others), shown, f"≥ {AT_LEAST:.0f}×", ratio >= AT_LEAST))
        stage.forget_calls()
        ours.ask("storefront", times=10)
        theirs.ask("storefront", times=10)
        counted.append(stage.calls("ours") / 10)
        flat = abs(counted[-1] - counted[0]) <= 0.2
        pages.lines.append(
            Line(
                f"{size:,} goods: statements of a page",
                f"{counted[-1]:.1f}",
                f"{stage.calls('oscar') / 10:.1f}",
                "",
                "the same at every size" if size != sizes[0] else "",
                flat if size != sizes[0] else None,
            )
        )
    return [pages, orders]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.market", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks-market.md")
    asked.add_argument("--rounds", type=int, default=12)
    asked.add_argument("--search-only", action="store_true", help="only the search of a large region")
    asked.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options = asked.parse_args()

    def work(stage: Ground) -> list[Section]:
        if options.search_only:
            stage.agent("ours", login="worker").ask("prepare")
            return [searching(stage)]
        prepare(stage)
        return [*shopping(stage, tuple(options.sizes), options.rounds), searching(stage)]

    return report.measured("market", 1, work, introduction=INTRODUCTION, closing=CLOSING, write=options.write)


if __name__ == "__main__":
    sys.exit(main())
