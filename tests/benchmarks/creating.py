"""A new region: its schema, and the way from a sign-up to the first page."""

from __future__ import annotations

from tests.benchmarks.figures import Line, Sample, Section, faster, within
from tests.benchmarks.ground import Ground


def create(ground: Ground, rounds: int) -> Section:
    ours, theirs = list[float](), list[float]()
    we, stock = ground.agent("ours", login="worker"), ground.agent("stock")
    captured = we.ask("capture")["seconds"]
    we.ask("create", schema="t_benchwarmup")
    stock.ask("create", schema="t_benchwarmup")
    for number in range(rounds):
        ours.append(we.ask("create", schema=f"t_bench{number:04}")["seconds"])
        theirs.append(stock.ask("create", schema=f"t_bench{number:04}")["seconds"])
    return Section(
        "Create a region",
        "One after the other, each in its own database; the first of each side is not counted. Ours makes the region's role,"
        " rights and pinned functions as well. Capturing the SQL happens once per release and is not part of it.",
        lines=[
            faster("schema with every table", Sample(ours), Sample(theirs), 10),
            Line("capturing the release, once", str(Sample([captured]))),
        ],
    )


def sign_up(ground: Ground, rounds: int) -> Section:
    ours, theirs = list[dict[str, float]](), list[dict[str, float]]()
    we, stock = ground.agent("ours", login="worker"), ground.agent("stock")
    we.ask("fill_pool", slots=rounds + 2)
    for number in range(2):
        we.ask("sign_up", slug=f"warm-{number}")
    stock.ask("sign_up", slug="warm-0")
    for number in range(rounds):
        ours.append(we.ask("sign_up", slug=f"new-{number}"))
        if number < max(rounds // 2, 1):
            theirs.append(stock.ask("sign_up", slug=f"new-{number}"))
    database = Sample([one["database"] for one in ours])
    elapsed = Sample([one["seconds"] for one in ours])
    waits = Sample([one["waits"] for one in ours]).median
    return Section(
        "Sign up",
        "Region, address and first admin in one transaction with a schema from the pool (stock: with a schema made by its save()),"
        " then the region's first page, `/`. Database time is what the process waits for PostgreSQL, commits included,"
        " taken where psycopg blocks. Blank schemas are made beforehand by the worker's beat, at the cost of `Create a region`.",
        lines=[
            within("database time, ours", database, 0.050),
            faster("database time", database, Sample([one["database"] for one in theirs]), 50),
            faster("until the page is served", elapsed, Sample([one["seconds"] for one in theirs]), 50),
            Line("round trips", f"{waits:.0f}", f"{Sample([one['waits'] for one in theirs]).median:.0f}"),
        ],
    )
