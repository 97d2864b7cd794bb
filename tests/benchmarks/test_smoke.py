"""The benchmarks work, at the smallest size; what they measure is not looked at here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.embedded.children import CannotStart
from tests.benchmarks import backups, console, creating, fleets, memory, noisy, report, requests
from tests.benchmarks.__main__ import prepare
from tests.benchmarks.figures import Line, Sample, Section, faster, within
from tests.benchmarks.ground import Ground, ground, need_disk
from tests.benchmarks.listing import listing
from tests.benchmarks.searching import searching
from tests.benchmarks.waste import looking
from tests.trials import FULL

REGIONS = 2


@pytest.fixture(scope="module")
def stage() -> Iterator[Ground]:
    with ground(REGIONS) as made:
        prepare(made, "ours", "plain")
        fleets.found(made, REGIONS, builders=1)
        yield made


def test_every_side_serves_the_same_page_of_two_regions(stage: Ground) -> None:
    sections = requests.overhead(stage, pairs=1, regions=REGIONS, counted=40)
    page = report.as_markdown(sections, report.machine(stage), "make bench")
    assert "fsync = on" in page and "Load average" in page
    # Ours sends what plain Django sends for the same page.
    (counted,) = [line for line in sections[0].lines if line.what == "one region: statements of a request"]
    assert (counted.ours, counted.theirs, counted.passed) == ("4.00", "4.00", True)


@pytest.mark.skipif(not FULL, reason="takes a minute: WARSA_TRIALS=full")
def test_every_other_benchmark_runs(stage: Ground) -> None:
    prepare(stage, "stock")
    sections = [
        creating.create(stage, rounds=1),
        creating.sign_up(stage, rounds=1),
        fleets.look_after(stage, REGIONS),
        fleets.migrate(stage, REGIONS, sample=2, releases=1, rounds=1),
        memory.touch(stage, (1, REGIONS)),
        backups.backup(stage, rounds=1),
        searching(stage, products=400, warungs=6, rounds=1),
        *console.looking(stage, sizes=(20, 40), rounds=1, days=2),
        listing(stage, rows=60, plain=40, rounds=1),
        *looking(stage, members=60, few=30, units=3, years=1, a_year=3, rounds=1),
    ]
    assert [section.title for section in sections if not section.lines] == []


@pytest.mark.skipif(not FULL, reason="takes a minute: WARSA_TRIALS=full")
def test_the_noisy_region_is_heard_and_the_others_are_served() -> None:
    with ground(2) as own:
        own.agent("ours", login="worker").ask("prepare")
        cookie = noisy.lay_out(own, quiet=1, rows=200, loops=10**7)
        others, noise = noisy.noisy(own, cookie, quiet=1, rounds=1, seconds=3)
    assert [line.ours for line in others.lines if line.what == "answers"] == ["200: 6"]
    assert {line.what for line in noise.lines} >= {"crowd", "slow query", "export"}


@pytest.mark.parametrize(
    ("case", "ours", "theirs", "passed"),
    [
        ("exactly ten times", 0.1, 1.0, True),
        ("a little less", 0.101, 1.0, False),
        ("slower than stock", 1.0, 0.1, False),
    ],
)
def test_a_bar_is_held_or_missed(case: str, ours: float, theirs: float, passed: bool) -> None:
    line = faster(case, Sample([ours]), Sample([theirs]), 10)
    assert line.passed is passed
    assert report.passed([Section("t", "m", lines=[line, Line("no bar", "1")])]) is passed


def test_the_median_counts_not_the_best() -> None:
    assert within("x", Sample([0.01, 0.06, 0.07]), 0.05).verdict == "MISSED"


def test_a_fleet_that_would_fill_the_disk_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match="WARSA_BENCH_HOME"):
        need_disk(tmp_path, 10_000_000)
