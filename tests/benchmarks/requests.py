"""What tenancy costs a request."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from tests.benchmarks.figures import Line, Sample, Section
from tests.benchmarks.ground import Agent, Ground, stock_up

PATH = "/bench/shelf/"
BATCH = 20
AT_MOST = 1.15
# Requests to each host before anything is measured: what is slow once is done, and psycopg has prepared its statements.
WARM = 12


def furnish(ground: Ground, regions: int) -> list[str]:
    """The hosts of regions with goods on their shelves; plain Django has the same goods."""
    we = ground.agent("ours", login="worker")
    schemas = we.ask("schemas_of", first=0, regions=regions)
    with ground.admin() as admin:
        for schema in schemas:
            stock_up(admin, schema)
    with ground.admin("plain") as admin:
        stock_up(admin, "public")
    return [f"bench-{number}.localhost" for number in range(regions)]


def overhead(ground: Ground, pairs: int, regions: int = 20, counted: int = 200) -> list[Section]:
    hosts = furnish(ground, regions)
    ours = Section(
        "A request",
        "A list of 20 goods, three queries, through the whole middleware; plain Django has the same middleware less ours,"
        " all tables in public and one superuser. Both call the WSGI application in a process of their own, with nothing of HTTP"
        f" between. Batches of {BATCH} requests alternate (ABBA); the ratio is the median of the pairs' ratios. Statements are"
        " counted by pg_stat_statements; one of them is the health check of the connection, for which ours sets role and path.",
        against="plain Django",
    )
    stocks = Section(
        "A request, stock beside plain Django",
        "The same for django-tenants as it comes, on the same regions of the same database.",
        side="stock",
        against="plain Django",
    )
    for section, side, login, bar in ((ours, "ours", "web", True), (stocks, "stock", "admin", False)):
        agent, plain = ground.agent(side, login=login, database="warsa"), ground.agent("plain")
        for what, group in (("one region", hosts[:1]), (f"{regions} regions in turn", hosts)):
            for one in (agent, plain):
                one.ask("serve", hosts=group, path=PATH, times=WARM)
            section.lines.extend(_paired(what, agent, plain, group, pairs if bar else max(pairs // 4, 1), bar=bar))
            section.lines.append(_counted(what, ground, agent, plain, group, counted, bar=bar))
    return [ours, stocks]


def _paired(what: str, agent: Agent, plain: Agent, hosts: Sequence[str], pairs: int, *, bar: bool) -> list[Line]:
    rounds = max(BATCH // len(hosts), 1)
    ours, theirs = list[dict[str, float]](), list[dict[str, float]]()

    def batch(one: Agent, into: list[dict[str, float]]) -> None:
        spent = one.ask("serve", hosts=list(hosts), path=PATH, times=rounds)
        into.append({key: value / (rounds * len(hosts)) for key, value in spent.items()})

    for number in range(pairs):
        both = [(agent, ours), (plain, theirs)]
        for one, into in both if number % 2 else reversed(both):
            batch(one, into)
    lines = []
    for kind, what_of in (("seconds", what), ("processor", f"{what}: processor time in Python")):
        mine, others = ([one[kind] for one in group] for group in (ours, theirs))
        ratios = sorted(one / other for one, other in zip(mine, others, strict=True))
        ratio = statistics.median(ratios)
        low, high = ratios[len(ratios) // 4], ratios[len(ratios) * 3 // 4]
        counts = bar and kind == "seconds"
        lines.append(
            Line(
                what_of,
                str(Sample(mine)),
                str(Sample(others)),
                f"{ratio:.3f}× (middle half {low:.3f} to {high:.3f})",
                f"≤ {AT_MOST}×" if counts else "",
                ratio <= AT_MOST if counts else None,
            )
        )
    return lines


def _counted(
    what: str, ground: Ground, agent: Agent, plain: Agent, hosts: Sequence[str], counted: int, *, bar: bool
) -> Line:
    """Statements of a warm request, as the server counts them."""
    rounds = max(counted // len(hosts), 1)
    requests = rounds * len(hosts)
    ground.forget_calls()
    for one in (agent, plain):
        one.ask("serve", hosts=list(hosts), path=PATH, times=rounds)
    ours, theirs = ground.calls("ours") / requests, ground.calls("plain") / requests
    return Line(
        f"{what}: statements of a request",
        f"{ours:.2f}",
        f"{theirs:.2f}",
        f"{ours - theirs:+.2f}",
        "≤ +0" if bar else "",
        # A fresh connection asks a few questions more; a twentieth is far from one for each request.
        ours - theirs <= 0.05 if bar else None,
    )
