"""Searching in a region as large as a storefront must bear: what the database does for one page of results."""

from __future__ import annotations

from dataclasses import dataclass

from tests.benchmarks.figures import Line, Sample, Section, duration
from tests.benchmarks.ground import DATABASES, Ground

PRODUCTS, WARUNGS = 10_000, 500
# As in sides/searching.py: a region that no other benchmark uses.
NUMBER = 900
AT_MOST = 0.050
ROUNDS = 5

# What people type: plain, misspelt, shortened, in Palembang's words; from what hundreds of warungs sell to what nobody does.
WORDS: dict[str, tuple[str, ...]] = {
    "plain": ("beras", "telur", "teh", "minyak goreng", "gula pasir 1 kg", "sabun cuci piring", "kopi sachet sriwijaya", "duku"),
    "misspelt or short": ("brs medum", "mnyak goreng", "mie goreng", "shampo", "gulla", "bawng merah", "kcp mns", "detrjen"),
    "local": ("gulo pasir 1 kg", "telok ayam", "lombok", "indomie", "odol", "aqua", "iwak patin", "kates"),
    "many results": ("cap", "1 kg", "musi", "b-10", "a", "bawang merah putih cabai rawit", "sabun mandi cuci piring detergen cair wangi"),
    "few or none": ("korek api cempaka isi 6", "xylofon", "qqqq", "t-09999"),
}  # fmt: skip


@dataclass(frozen=True)
class Statement:
    """One statement's share of a page, in milliseconds."""

    ms: float
    calls: float
    sql: str


def statements_of(stage: Ground, pages: int) -> list[Statement]:
    """What the server did since `forget_calls`, for each of so many pages, the dearest first. Planning counts as well."""
    with stage.admin() as admin:
        rows = admin.execute(
            "SELECT (s.total_exec_time + s.total_plan_time) / %s, s.calls / %s::float, s.query FROM pg_stat_statements s"
            " JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = %s AND s.query NOT LIKE '%%pg_stat_%%' ORDER BY 1 DESC",
            [pages, pages, DATABASES["ours"]],
        ).fetchall()
    return [Statement(float(ms), float(calls), sql) for ms, calls, sql in rows]


def searching(stage: Ground, products: int = PRODUCTS, warungs: int = WARUNGS, rounds: int = ROUNDS) -> Section:
    """Each question's page of results, after the planner has its statistics, as autovacuum gives them within a minute or two."""
    worker = stage.agent("ours", login="worker")
    worker.ask("found_fleet", first=NUMBER, regions=1)
    stand = worker.ask("fill_storefront", products=products, warungs=warungs)
    with stage.admin() as admin:
        admin.execute(f"ALTER DATABASE {DATABASES['ours']} SET pg_stat_statements.track_planning = on")
        admin.execute("VACUUM ANALYZE")
    # Its sessions begin after that.
    web = stage.agent("ours", login="web", name="bench search")
    section = Section(
        f"Searching among {products:,} products in {warungs:,} warungs",
        f"The page `/cari/?q=…` of a citizen who is signed in, whole; {stand['prices']:,} prices in force. Time that the server spends on"
        " planning and executing all statements of a page, by pg_stat_statements: session, member, cart, shelves and what the search"
        f" asks. Each of {rounds} values is the mean of 3 pages, the questions taken in turn; the bar is for the median.",
        against="waited for by the caller",
    )
    spent: dict[str, list[float]] = {}
    waited: dict[str, list[float]] = {}
    words = [(kind, word) for kind, held in WORDS.items() for word in held]
    for number in range(rounds + 1):
        for _kind, word in words:
            stage.forget_calls()
            took = web.ask("search", text=word, times=3)["seconds"] / 3
            if number:
                spent.setdefault(word, []).append(sum(one.ms for one in statements_of(stage, 3)) / 1_000)
                waited.setdefault(word, []).append(took)
    for kind, word in words:
        there = web.ask("shown", text=word)
        mine = Sample(spent[word])
        section.lines.append(
            Line(
                f"{kind}: “{word}”, {there['warungs']} warungs, {there['tiles']} goods shown",
                str(mine),
                duration(Sample(waited[word]).median),
                "",
                f"≤ {duration(AT_MOST)}",
                mine.median <= AT_MOST,
            )
        )
    return section
