"""A whole fleet: building it, migrating it, and what it weighs."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from tests.benchmarks.figures import Line, Sample, Section, duration, faster, megabytes, times
from tests.benchmarks.ground import Ground
from tests.benchmarks.newer import write_newer

ALL_OF_INDONESIA = 7_300
CATALOG = "pg_class pg_attribute pg_depend pg_index pg_constraint pg_type pg_sequence pg_shdepend pg_auth_members pg_authid pg_default_acl"


def found(ground: Ground, regions: int, builders: int = 2) -> Section:
    """READY regions, by as many processes as the machine has cores."""
    share = -(-regions // builders)
    began = time.monotonic()
    with ThreadPoolExecutor(builders) as pool:
        jobs = []
        for first in range(0, regions, share):
            name = f"bench builder {first // share}" if first else ""
            agent = ground.agent("ours", login="worker", name=name)
            jobs.append(pool.submit(agent.ask, "found_fleet", first=first, regions=min(share, regions - first)))
        for job in jobs:
            job.result()
    took = time.monotonic() - began
    with ground.admin() as admin:
        size = admin.execute("SELECT pg_database_size(current_database())").fetchone()
        catalog = admin.execute(
            "SELECT sum(pg_total_relation_size(('pg_catalog.' || name)::regclass)) FROM unnest(%s::text[]) name",
            [CATALOG.split()],
        ).fetchone()
        relations = admin.execute("SELECT count(*) FROM pg_class").fetchone()
    assert size and catalog and relations
    return Section(
        f"A fleet of {regions:,} regions",
        f"Built by {builders} processes beside the server; figures of the database right afterwards.",
        against="",
        lines=[
            Line("building them all", f"{duration(took)}, {regions / took:.1f} regions/s"),
            Line("database", f"{megabytes(size[0])}, {megabytes(size[0] / regions)} a region"),
            Line("of it catalog", f"{megabytes(float(catalog[0]))} in {relations[0]:,} relations"),
        ],
    )


def migrate(ground: Ground, regions: int, sample: int, releases: int, rounds: int) -> Section:
    """Nothing to do, then new releases with one field more each; stock's sample is in the same database."""
    schemas = [f"t_stocksample{number:03}" for number in range(sample)]
    no_op, their_no_op, their_parallel = list[float](), list[float](), list[float]()
    we, stock = ground.agent("ours", login="worker"), ground.agent("stock", database="warsa")
    for schema in schemas:
        stock.ask("create", schema=schema)
    we.ask("migrate_fleet")
    stock.ask("migrate", schemas=schemas[:1])
    for number in range(rounds):
        no_op.append(we.ask("migrate_fleet")["seconds"] / regions)
        if number < 3:
            their_no_op.append(stock.ask("migrate", schemas=schemas)["seconds"] / sample)
    their_parallel.append(stock.ask("migrate", schemas=schemas, executor="multiprocessing")["seconds"] / sample)
    whole, applied, captures, their_field, their_field_parallel = (list[float]() for _ in range(5))
    for number in range(1, releases + 1):
        newer = write_newer(ground.home / "newer", number)
        we = ground.agent("ours", login="worker", newer=newer)
        stock = ground.agent("stock", database="warsa", newer=newer)
        captured = we.ask("capture")["seconds"]
        done = we.ask("migrate_fleet")
        if done["behind"]:
            raise RuntimeError(f"{done['behind']} regions are behind after `fleet migrate`: {done['told']}")
        captures.append(captured)
        applied.append(done["seconds"] / regions)
        whole.append((captured + done["seconds"]) / regions)
        stock.ask("migrate", schemas=schemas[:1])
        executor, into = (
            ("standard", their_field)
            if number < releases or releases == 1
            else ("multiprocessing", their_field_parallel)
        )
        into.append(stock.ask("migrate", schemas=schemas[1:], executor=executor)["seconds"] / (sample - 1))
    lines = [
        faster("nothing to do, per region", Sample(no_op), Sample(their_no_op), 1_000),
        faster("nothing to do, stock with 2 processes", Sample(no_op), Sample(their_parallel)),
        faster("AddField, per region, capture included", Sample(whole), Sample(their_field), 100),
        faster("AddField, per region, release captured before", Sample(applied), Sample(their_field)),
    ]
    if their_field_parallel:
        lines.append(faster("AddField, stock with 2 processes", Sample(whole), Sample(their_field_parallel)))
    lines.append(Line("capturing the new release, once", str(Sample(captures))))
    if regions < ALL_OF_INDONESIA:
        lines.append(_extrapolated(Sample(applied), Sample(captures), Sample(their_field)))
    return Section(
        "Migrate the fleet",
        f"`warsa fleet migrate` over {regions:,} regions; stock's `migrate_schemas` with its default executor over a sample of {sample}"
        " schemas that it made itself in the same database. AddField adds a nullable column to the products, whose tables are empty.",
        lines=lines,
    )


def _extrapolated(applied: Sample, captures: Sample, theirs: Sample) -> Line:
    ours, stock = captures.median + applied.median * ALL_OF_INDONESIA, theirs.median * ALL_OF_INDONESIA
    return Line(f"AddField, extrapolated to {ALL_OF_INDONESIA:,}", duration(ours), duration(stock), times(stock / ours))


def look_after(ground: Ground, regions: int) -> Section:
    """Changing the role, and comparing schemas with their release."""
    few, rounds = min(regions, 100), 5
    we, web = ground.agent("ours", login="worker"), ground.agent("ours", login="web")
    schemas = we.ask("schemas_of", first=0, regions=few)
    switched = [web.ask("switch", schemas=schemas[:20], times=50) for _ in range(3)]
    afterwards = list[float]()
    with ground.admin() as admin:
        for number in range(rounds):
            role = f"t_benchrole{number}"
            admin.execute(f"CREATE ROLE {role} LOGIN INHERIT IN ROLE warsa_region")
            admin.execute(f"GRANT {role} TO warsa_app")
            afterwards.append(web.ask("switch_once", schema=schemas[number % few]))
        for number in range(rounds):
            admin.execute(f"DROP ROLE t_benchrole{number}")
    verified = [we.ask("verify", schemas=schemas) for _ in range(2)]
    return Section(
        "Day by day",
        f"Role and path are changed in turn over 20 regions that the back end knows; fingerprints of {few} regions, one process."
        " When a role is made anywhere, each back end works out anew, at its next change, which roles its login may take.",
        against="",
        lines=[
            Line("change of role and path, one round trip", str(Sample(switched))),
            Line("the same, the first after a role was made", str(Sample(afterwards))),
            Line("fingerprint of a region", f"{Sample(verified)}, {1 / Sample(verified).median:.0f} a second"),
        ],
    )
