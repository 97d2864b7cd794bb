"""What a process keeps of every region that it has touched."""

from __future__ import annotations

from tests.benchmarks.figures import Line, Section, megabytes, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.sides.serving import private_bytes

PATH = "/bench/everything/"
OURS, STOCK = "bench memory ours", "bench memory stock"


def touch(ground: Ground, steps: tuple[int, ...], stride: int = 25) -> Section:
    """One page of each region in turn, by one process on each side; looked at after every `stride` regions."""
    we = ground.agent("ours", login="web", name=OURS)
    stock = ground.agent("stock", database="warsa", name=STOCK)
    most, lines = {OURS: 0, STOCK: 0}, list[Line]()
    touched = 0
    for upto in steps:
        while touched < upto:
            few = min(stride, upto - touched)
            hosts = [f"bench-{number}.localhost" for number in range(touched, touched + few)]
            touched += few
            for agent, name in ((we, OURS), (stock, STOCK)):
                agent.ask("serve", hosts=hosts, path=PATH)
                most[name] = max(most[name], sum(map(private_bytes, ground.back_ends(name))))
        lines += [
            Line(
                f"back end, most until {upto} regions",
                megabytes(most[OURS]),
                megabytes(most[STOCK]),
                times(most[STOCK] / most[OURS]),
            ),
            Line(f"web process after {upto} regions", megabytes(we.ask("memory")), megabytes(stock.ask("memory"))),
        ]
    return Section(
        "Memory",
        "One page of each region, once, that asks each of its tables for a row; bytes that only that process has (smaps_rollup),"
        f" looked at after every {stride} regions. Our connections end after 200 regions (WARSA_REGIONS_PER_CONNECTION), so a back"
        " end stays below what it had then; stock's grow with every region.",
        lines=lines,
    )
