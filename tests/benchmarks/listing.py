"""Price lists: 50,000 rows beside the catalogue, published and taken back; beside the same through the ORM, row by row."""

from __future__ import annotations

from tests.benchmarks.figures import Line, Sample, Section, duration, times
from tests.benchmarks.ground import Ground

ROWS = 50_000
AT_MOST_SECONDS = 10.0
# Row by row takes minutes for more.
PLAIN_ROWS = 2_000
BAD_ROWS = 30
AT_LEAST = 5.0


def listing(stage: Ground, rows: int = ROWS, plain: int = PLAIN_ROWS, rounds: int = 3) -> Section:
    """Two suppliers, one with so many articles and one with few; each hands in a list of as many rows."""
    worker = stage.agent("ours", login="worker")
    section = Section(
        "A price list",
        "A CSV file with SKU, name, brand, pack, content, price, a second tier and MOQ, handed in by a supplier that offers as many"
        " articles: parsed, each row compared with the article, its version, packs, offer and tiers, and written with what it would"
        " change; 60 of 100 rows are new or name another price. Then those are published (versions, packs, offers, tiers, and the"
        " trace of each row), and taken back. Beside it what one would write first, row by row through the ORM in one transaction;"
        " it does not parse.",
        against="ORM, row by row",
    )
    worker.ask("fill_articles", nib="1000000000001", articles=plain)
    worker.ask("fill_articles", nib="1000000000002", articles=rows)
    _analyze(stage)
    mine: dict[str, list[float]] = {"read": [], "apply": [], "undo": []}
    theirs: dict[str, list[float]] = {"read": [], "apply": []}
    for _round in range(rounds):
        told = worker.ask("hand_in_list", nib="1000000000001", rows=plain, bad=BAD_ROWS)
        mine["read"].append(told["seconds"])
        theirs["read"].append(worker.ask("read_plainly", list_id=told["list"])["seconds"])
        theirs["apply"].append(worker.ask("apply_plainly", list_id=told["list"])["seconds"])
        mine["apply"].append(worker.ask("apply_list", list_id=told["list"])["seconds"])
        worker.ask("undo_list", list_id=told["list"])
    for do, what in (("read", f"{plain:,} rows, {BAD_ROWS} of them bad: looked at"), ("apply", "those published")):
        ours, others = Sample(mine[do]), Sample(theirs[do])
        ratio = others.median / ours.median
        section.lines.append(Line(what, str(ours), str(others), times(ratio), f"≥ {AT_LEAST:.0f}×", ratio >= AT_LEAST))
    large: dict[str, list[float]] = {"read": [], "apply": [], "undo": []}
    for _round in range(rounds):
        told = worker.ask("hand_in_list", nib="1000000000002", rows=rows)
        large["read"].append(told["seconds"])
        large["apply"].append(worker.ask("apply_list", list_id=told["list"])["seconds"])
        large["undo"].append(worker.ask("undo_list", list_id=told["list"])["seconds"])
        _analyze(stage)
    read = Sample(large["read"])
    bar, passed = (f"≤ {duration(AT_MOST_SECONDS)}", read.median <= AT_MOST_SECONDS) if rows == ROWS else ("", None)
    section.lines += [
        Line(f"{rows:,} rows: looked at", str(read), bar=bar, passed=passed),
        Line(f"{rows:,} rows: those published", str(Sample(large["apply"]))),
        Line(f"{rows:,} rows: taken back", str(Sample(large["undo"]))),
    ]
    return section


def _analyze(stage: Ground) -> None:
    """As autovacuum does within a minute or two of such a change."""
    with stage.admin() as admin:
        admin.execute("VACUUM ANALYZE")
