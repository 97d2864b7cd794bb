"""What a process keeps of every region that it has touched."""

from __future__ import annotations

from tests.benchmarks.figures import Line, Section, megabytes, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.sides.serving import private_bytes

PATH = "/bench/everything/"
OURS, STOCK = "bench memory ours", "bench memory stock"


def touch(ground: Ground, steps: tuple[int, ...]) -> Section:
    """One page of each region in turn, by one process on each side."""
    lines = []
    we = ground.agent("ours", login="web", name=OURS)
    stock = ground.agent("stock", database="warsa", name=STOCK)
    before = 0
    for upto in steps:
        hosts = [f"bench-{number}.localhost" for number in range(before, upto)]
        for agent in (we, stock):
            agent.ask("serve", hosts=hosts, path=PATH)
        ours, theirs = (sum(map(private_bytes, ground.back_ends(name))) for name in (OURS, STOCK))
        lines.append(
            Line(f"back end after {upto} regions", megabytes(ours), megabytes(theirs), times(theirs / max(ours, 1)))
        )
        lines.append(
            Line(f"web process after {upto} regions", megabytes(we.ask("memory")), megabytes(stock.ask("memory")))
        )
        before = upto
    return Section(
        "Memory",
        "One page of each region, once, that asks each of its tables for a row; bytes that only that process has (smaps_rollup)."
        " Our connections end after 200 regions, stock's stay.",
        lines=lines,
    )
