"""A cycle put together and a price list published, beside the same through the ORM, row by row.

`make bench-wholesale` writes docs/benchmarks-wholesale.md.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks import fleets, report
from tests.benchmarks.figures import Line, Sample, Section, duration, megabytes, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.listing import listing

# As in sides/consolidating.py: a region that no other benchmark uses.
NUMBER = 910
# 2,500 warungs of 60 lines, and less of them.
SIZES = (10_000, 50_000, 150_000)
AT_MOST_SECONDS, AT_MOST_BYTES = 2.0, 200 * 10**6
# A line of the largest cycle costs at most so many times what one of the smallest does.
LINEAR = 1.25
# Row by row takes minutes for more.
PLAIN_UPTO = 10_000
INTRODUCTION = """
# Benchmarks of wholesale

Written by `{command}`; do not edit. A figure is the median; in brackets are the least, the greatest and the number of values.
`make bench-wholesale` exits with an error when a bar is missed.
"""
CLOSING = """
## How it is done

- The side is a process of its own with the worker's login; the time is taken inside of it, so starting Python and importing is in no
  figure.
- Memory is the most that the process had while it worked, less what it had before (VmHWM of /proc/self/status, set back before).
- Lines are made by SQL; amounts differ from line to line, and are the same in each run.
- The exact figures belong to this machine. What should hold elsewhere are the ratios, and that nothing grows faster than its lines.
"""


def consolidating(stage: Ground, sizes: tuple[int, ...] = SIZES, rounds: int = 5) -> Section:
    """A cycle of each size, put together several times over."""
    fleets.found(stage, 1, builders=1)
    worker = stage.agent("ours", login="worker")
    worker.ask("found_fleet", first=NUMBER, regions=1)
    section = Section(
        "A cycle put together",
        "Everything between the button and the page: the lines read, the plan made (600 goods, three offers each of 40 suppliers, their"
        " minimums and freights, what is missed bought elsewhere), the former plan dropped, purchases, lines and parts written."
        " Beside it what one would write first: good by good and row by row through the ORM, without minimums, freights or advice,"
        f" for {PLAIN_UPTO:,} lines.",
        against="ORM, row by row",
    )
    per_line: list[float] = []
    for size in sizes:
        cycle = worker.ask("fill_cycle", lines=size)
        with stage.admin() as admin:
            admin.execute("ANALYZE")
        told = [worker.ask("put_together", cycle=cycle["cycle"]) for _ in range(rounds + 1)][1:]
        mine = Sample([one["seconds"] for one in told])
        per_line.append(mine.median / cycle["lines"])
        theirs, ratio = "", ""
        if size <= PLAIN_UPTO:
            plain = Sample(
                [worker.ask("put_together_plainly", cycle=cycle["cycle"])["seconds"] for _ in range(min(rounds, 3))]
            )
            theirs, ratio = str(plain), times(plain.median / mine.median)
        what = f"{cycle['lines']:,} lines of {cycle['warungs']:,} warungs"
        largest = size == max(SIZES)
        section.lines.append(
            Line(
                what,
                str(mine),
                theirs,
                ratio,
                f"≤ {duration(AT_MOST_SECONDS)}" if largest else "",
                mine.median <= AT_MOST_SECONDS if largest else None,
            )
        )
        most = max(one["bytes"] for one in told)
        section.lines.append(
            Line(
                f"{what}: memory besides",
                megabytes(most),
                bar=f"≤ {AT_MOST_BYTES // 10**6} MB" if largest else "",
                passed=most <= AT_MOST_BYTES if largest else None,
            )
        )
    growth = per_line[-1] / per_line[0]
    section.lines.append(
        Line(
            "a line of the largest, by one of the smallest",
            times(growth),
            bar=f"≤ {LINEAR}×" if len(sizes) > 1 else "",
            passed=growth <= LINEAR if len(sizes) > 1 else None,
        )
    )
    return section


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.wholesale", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks-wholesale.md")
    asked.add_argument("--rounds", type=int, default=5)
    options = asked.parse_args()

    def work(stage: Ground) -> list[Section]:
        stage.agent("ours", login="worker").ask("prepare")
        return [consolidating(stage, rounds=options.rounds), listing(stage, rounds=min(options.rounds, 3))]

    return report.measured("wholesale", 1, work, introduction=INTRODUCTION, closing=CLOSING, write=options.write)


if __name__ == "__main__":
    sys.exit(main())
