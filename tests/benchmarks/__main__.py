"""`make bench` and `make bench-7300`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import psycopg

from infra.embedded.children import CannotStart
from tests.benchmarks import backups, creating, fleets, memory, report, requests
from tests.benchmarks.figures import Line, Section
from tests.benchmarks.ground import Ground, ground


def say(text: str) -> None:
    print(text, flush=True)


def prepare(stage: Ground, *sides: str) -> None:
    """The tables of public on each of these sides."""
    for side in sides:
        stage.agent(side, login="worker" if side == "ours" else "admin").ask("prepare")


Bench = Callable[[Ground], Section | list[Section]]


def whole(regions: int) -> Iterator[Bench]:
    """Every benchmark, in the order in which they need each other."""
    yield lambda stage: creating.create(stage, rounds=8)
    yield lambda stage: creating.sign_up(stage, rounds=10)
    yield lambda stage: fleets.found(stage, regions)
    yield lambda stage: requests.overhead(stage, pairs=80)
    yield lambda stage: fleets.look_after(stage, regions)
    yield lambda stage: fleets.migrate(stage, regions, sample=16, releases=3, rounds=9)
    yield lambda stage: memory.touch(stage, (50, 200, 500))
    yield lambda stage: backups.backup(stage, rounds=5)


def whole_country(regions: int) -> Iterator[Bench]:
    """What changes with the size of the fleet."""
    yield lambda stage: creating.create(stage, rounds=4)
    yield lambda stage: fleets.found(stage, regions)
    yield lambda stage: creating.sign_up(stage, rounds=6)
    yield lambda stage: requests.overhead(stage, pairs=40)
    yield lambda stage: fleets.look_after(stage, regions)
    yield lambda stage: fleets.migrate(stage, regions, sample=8, releases=2, rounds=9)
    yield lambda stage: backups.backup(stage, rounds=3)


def attempt(bench: Bench, stage: Ground) -> list[Section]:
    """What the benchmark found. One that breaks down counts as missed, and the others go on."""
    try:
        made = bench(stage)
    except (OSError, RuntimeError, psycopg.Error, subprocess.SubprocessError) as failure:
        say(str(failure))
        why = str(failure).strip().splitlines()[-1]
        return [Section("Broken down", "A benchmark did not come to its end.", lines=[Line(why, "", passed=False)])]
    return made if isinstance(made, list) else [made]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    asked.add_argument("--regions", type=int, default=1_000, help="size of the fleet")
    asked.add_argument("--country", action="store_true", help="only what changes with the size of the fleet")
    asked.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md (of the country: docs/benchmarks-7300.md)"
    )
    options = asked.parse_args()
    began, load = time.monotonic(), os.getloadavg()[0]
    sections: list[Section] = []
    try:
        with ground(options.regions) as stage:
            say("Laying out the databases …")
            prepare(stage, "ours", "stock", "plain")
            for bench in (whole_country if options.country else whole)(options.regions):
                made = attempt(bench, stage)
                sections += made
                say(f"\n{report.on_screen(made)}\n(after {time.monotonic() - began:.0f} s)")
            about = report.machine(stage, load)
            say("\n" + "=" * 80 + "\n\n" + report.on_screen(sections))
            if options.write:
                command = "make bench-7300" if options.country else "make bench"
                page = report.PAGE.with_stem("benchmarks-7300") if options.country else report.PAGE
                page.write_text(report.as_markdown(sections, about, command))
                say(f"\nWritten to {page}")
    except CannotStart as reason:
        say(f"\n{reason}\n")
        return 1
    if not report.passed(sections):
        say("\nA bar was missed.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
