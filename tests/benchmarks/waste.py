"""Five years of a waste bank with 100,000 members: what its pages cost the database, beside one with 1,000.

`make bench-waste` writes docs/benchmarks-waste.md.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date

from tests.benchmarks import fleets, report
from tests.benchmarks.figures import Line, Sample, Section, duration, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.searching import statements_of
from tests.benchmarks.weighed import BIG, Written, faults_of, write_years

# As in sides/weighing.py: regions that no other benchmark uses.
NUMBER = 920
MEMBERS, FEW = 100_000, 1_000
UNITS, YEARS, A_YEAR = 61, 5, 12
BOOK, YEAR = 0.030, 5.0
# Any other page.
PAGE = 0.100
BARS = {"book": BOOK, "book, second page of movements": BOOK, "year": YEAR, "year as a table": YEAR}
# What reads all of something on purpose: the balances of all books.
WHOLE = {"liquidity": {"ledger_account"}}
ROUNDS = 5
INTRODUCTION = """
# Benchmarks of the waste bank

Written by `{command}`; do not edit. A figure is the median; in brackets are the least, the greatest and the number of values.
`make bench-waste` exits with an error when a bar is missed, when a page reads a large table from end to end, or when the sums are not what
the slips come to.
"""
CLOSING = """
## How it is done

- Pages go through Django's test client, whole: session, member, region and all. Their time in the database is planning and executing of
  all statements, by `pg_stat_statements`; the process is logged in as the web process, with the region's role.
- The region is written by bulk statements without triggers (`tests/benchmarks/weighed.py`): slips, lines, lots, movements, entries and
  their lines, payouts, sales and write-offs. Then everything is counted anew: entries balance, balances are their lines, lots are the stock
  accounts, and the sums of months and years are those of the slips. Notices, the histories of payouts and the outbox are left out.
- The sums are counted in by the steps of migration `bank_sampah.0012`, over all slips, as in a region that had them before.
- Every page's statements are explained; "whole" names the tables of the bank that are read from end to end.
- The cache is warm: each value is the mean of 3 pages, after one round that is thrown away. 256 MB of `shared_buffers` hold a small part of
  the large region; the rest of a page comes from the system's cache.
- The exact figures belong to this machine. What should hold elsewhere is that a page costs no more for a hundred times as many members.
"""


def region_of(slug: str, stage: Ground, members: int, units: int, years: int, a_year: int) -> Written:
    """A region with so many members, full of slips, and proven to add up."""
    worker = stage.agent("ours", login="worker")
    begun = worker.ask("begin_bank", slug=slug, units=units)
    with stage.admin() as admin:
        written = write_years(
            admin,
            begun["schema"],
            members=members,
            today=date.fromisoformat(begun["today"]),
            years=years,
            a_year=a_year,
        )
        faults = faults_of(admin, begun["schema"])
    assert not faults, faults
    return written


def looking(
    stage: Ground,
    members: int = MEMBERS,
    few: int = FEW,
    units: int = UNITS,
    years: int = YEARS,
    a_year: int = A_YEAR,
    rounds: int = ROUNDS,
) -> list[Section]:
    """Every page in both regions, in turn."""
    large, small = f"bench-{NUMBER}", f"bench-{NUMBER + 1}"
    worker = stage.agent("ours", login="worker")
    worker.ask("found_fleet", first=NUMBER, regions=2)
    written = region_of(large, stage, members, units, years, a_year)
    region_of(small, stage, few, units, years, a_year)
    with stage.admin() as admin:
        admin.execute("ALTER SYSTEM SET pg_stat_statements.track_planning = on")
        admin.execute("SELECT pg_reload_conf()")
    web = stage.agent("ours", login="web", name="bench waste")
    found = {slug: web.ask("places", slug=slug) for slug in (large, small)}
    spent: dict[tuple[str, str], list[float]] = {}
    waited: dict[str, list[float]] = {}
    for number in range(rounds + 1):
        for what in found[large]:
            for slug in (large, small):
                stage.forget_calls()
                took = web.ask("look", slug=slug, path=found[slug][what], times=3)["seconds"] / 3
                if number:
                    asked = sum(one.ms for one in statements_of(stage, 3)) / 1_000
                    spent.setdefault((slug, what), []).append(asked)
                    if slug == large:
                        waited.setdefault(what, []).append(took)
    pages = Section(
        f"Pages with {members:,} members",
        f"{written.slips:,} slips of {years} years, {a_year} a year for each member, with {written.lines:,} lines at {units} units;"
        f" {written.journal_lines:,} lines in the ledger, {written.movements:,} movements of {written.lots:,} lots."
        f" Time in the database for one page; beside it the same page of a region with {few:,} members and as many units."
        " A fifth of the members are of the largest unit.",
        against=f"{few:,} members",
    )
    for what, path in found[large].items():
        mine, theirs = Sample(spent[large, what]), Sample(spent[small, what])
        told = web.ask("plans", slug=large, path=path)
        whole = set(told["whole"]) & {*BIG, "bank_sampah_member", "bank_sampah_savingsbook", "ledger_account"}
        bar = BARS.get(what, PAGE)
        full = members == MEMBERS
        label = f"{what}: {told['queries']} queries, {duration(Sample(waited[what]).median)} with Python"
        label += f", whole: {', '.join(sorted(whole))}" if whole else ""
        passed = mine.median <= bar and whole <= WHOLE.get(what, set())
        pages.lines.append(
            Line(
                label,
                str(mine),
                str(theirs),
                times(mine.median / theirs.median),
                f"≤ {duration(bar)}" if full else "",
                passed if full else None,
            )
        )
    filling = Section(
        "Earlier slips counted in",
        "What a region with that many slips goes through once, when the sums come: a step is a transaction of 5,000 slips, after which"
        " it can be cut off and gone on with. Whoever weighs in waits for at most one step.",
        against="",
    )
    filling.lines = [
        Line(f"{written.slips:,} slips", duration(written.counting_seconds)),
        Line("the longest step", duration(written.longest_step)),
        Line("writing the region, its indexes and proofs of the benchmark itself", duration(written.seconds)),
    ]
    return [pages, filling]


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.waste", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks-waste.md")
    asked.add_argument("--members", type=int, default=MEMBERS)
    asked.add_argument("--a-year", type=int, default=A_YEAR, help="slips of a member in a year")
    asked.add_argument("--rounds", type=int, default=ROUNDS)
    options = asked.parse_args()

    def work(stage: Ground) -> list[Section]:
        stage.agent("ours", login="worker").ask("prepare")
        fleets.found(stage, 1, builders=1)
        return looking(stage, options.members, a_year=options.a_year, rounds=options.rounds)

    return report.measured("waste", 2, work, introduction=INTRODUCTION, closing=CLOSING, write=options.write)


if __name__ == "__main__":
    sys.exit(main())
