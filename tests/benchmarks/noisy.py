"""`make bench-noisy`: what others feel while one region sends a hundred times as much, with long queries and exports."""

from __future__ import annotations

import argparse
import http.client
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread

from psycopg.errors import QueryCanceled

from infra.embedded import children
from infra.embedded.children import CannotStart
from infra.embedded.supervisor import free_port
from tests.benchmarks import fleets, report
from tests.benchmarks.console import percentile
from tests.benchmarks.figures import Line, Section, duration, times
from tests.benchmarks.ground import ROOT, Ground
from tests.benchmarks.visitors import Crowd, Group, Seen

QUIET = 5
GOODS = 60
ROWS = 50_000
# Requests in a second of a region that is as usual, and of the noisy one.
USUAL = 2.0
TIMES = 100
# The server counts so far for the slow page: half a minute and more on any machine.
LOOPS = 10**9
AT_MOST = 1.5
NOISY = "bench-0"
PAGES = ("/", "/masuk/")
SLOW_PAGE = "/wilayah/orang/undangan/"
EXPORT = "/wilayah/katalog/unduh/"
INTRODUCTION = """
# One noisy region, measured

Written by `{command}`; do not edit. Five regions get two requests in a second each, first beside a sixth that does the same, then
while that one gets a hundred times as much, by 64 connections at once, and its admin besides asks again and again for a page whose
query computes for half a minute and for a CSV of 50,000 goods. The web is gunicorn as in production (2 processes of 4 threads), with the
web's login; times are taken by the visitors, from the moment a request is due to its last byte.
"""
CLOSING = """
## How it is done

- Quiet, control and noise take turns, in rounds; a figure is of all rounds together. Visitors are two processes of their own on the same
  machine, so their work weighs on the server too.
- The long query is made by a policy on one table of the noisy region: it computes in the server until the web's limit (15 s) ends it, and
  is asked again.
- The control is the same query without WARSA: a superuser's session computes it while the sixth region is as usual. What it costs the
  others is the machine's, whose cores and their caches it takes; no web can give that back.
- Between the regions stand `tenants/fairness.py` (a share of each process, one at a time and behind the others for who has used it up),
  `tenants/turns.py` (sites take turns at the threads), the web's limits on statements, and short turns of Python's threads.
"""


@contextmanager
def web(stage: Ground) -> Iterator[int]:
    """gunicorn of production on the ground; its port."""
    port = free_port()
    environment = {
        "WARSA_MODE": "test",
        "WARSA_DATABASE_URL": stage.database.web_url,
        "WARSA_BROKER_URL": stage.broker.url,
        "WARSA_CACHE_URL": stage.broker.cache_url,
        "WARSA_SECRET_KEY": "test-key-that-signs-nothing-outside-of-tests-0123456789",
        "WARSA_PROXIES": "1",
        "PYTHONPATH": str(ROOT / "platform"),
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings.ours",
    }
    command: list[str | Path] = [Path(sys.executable).parent / "gunicorn", "--config", "python:warsa.gunicorn"]
    command += ["--bind", f"127.0.0.1:{port}", "warsa.wsgi"]
    child = children.start(command, log=stage.home / "web.log", env=environment, cwd=ROOT)
    try:
        deadline = time.monotonic() + 120
        while not _answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise CannotStart((stage.home / "web.log").read_text()[-3000:])
            time.sleep(0.2)
        yield port
    finally:
        children.stop(child)


def _answers(port: int) -> bool:
    with suppress(OSError):
        asking = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        asking.request("GET", "/healthz", headers={"Host": f"{NOISY}.localhost"})
        return asking.getresponse().status == 200
    return False


def lay_out(stage: Ground, *, quiet: int = QUIET, rows: int = ROWS, loops: int = LOOPS) -> str:
    """The regions with their goods; the cookie of the noisy one's admin."""
    fleets.found(stage, quiet + 1)
    worker = stage.agent("ours", login="worker")
    for number in range(1, quiet + 1):
        worker.ask("stock_up", products=GOODS, slug=f"bench-{number}")
    worker.ask("stock_up", products=rows, slug=NOISY)
    cookie = str(worker.ask("admin_cookie", slug=NOISY))
    worker.ask("slow_down", slug=NOISY, loops=loops)
    with stage.admin() as admin:
        admin.execute("VACUUM ANALYZE")
    return cookie


def noisy(stage: Ground, cookie: str, *, quiet: int = QUIET, rounds: int = 4, seconds: float = 20) -> list[Section]:
    """The others' time without and with the noise. `seconds`: of each half of a round."""
    others = [Group(f"quiet {n}", f"bench-{n}.localhost", PAGES, USUAL) for n in range(1, quiet + 1)]
    host = f"{NOISY}.localhost"
    usual = [Group("usual", host, PAGES, USUAL)]
    crowd = [
        Group("crowd", host, PAGES, USUAL * TIMES, hands=64),
        Group("slow query", host, [SLOW_PAGE], 10, hands=1, cookie=cookie),
        Group("export", host, [EXPORT], 10, hands=1, cookie=cookie),
    ]
    calm: dict[str, Seen] = {}
    control: dict[str, Seen] = {}
    loud: dict[str, Seen] = {}
    with web(stage) as port:
        for groups in ([*others, *usual], [*others, *crowd[1:]]):
            Crowd(port, groups, 3).seen()
        for _round in range(rounds):
            for told, beside in ((calm, usual), (control, usual), (loud, crowd)):
                if told is control:
                    computing = Thread(target=_compute, args=(stage, seconds))
                    computing.start()
                crowds = [Crowd(port, others, seconds), Crowd(port, beside, seconds)]
                for one in crowds:
                    _add(told, one.seen())
                if told is control:
                    computing.join()
        after = Crowd(port, [*others, *usual], 3).seen()
    return [_others(calm, control, loud, others, rounds, seconds), _noise(loud, crowd, after)]


def _compute(stage: Ground, seconds: float) -> None:
    """The long query in a session that no web has anything to do with."""
    with stage.admin() as admin, suppress(QueryCanceled):
        admin.execute(f"SET statement_timeout = {round(seconds * 1000)}")
        admin.execute(f"SELECT count(*) FROM generate_series(1, {LOOPS}) AS n WHERE sqrt(n) > 0")


def _add(told: dict[str, Seen], found: dict[str, Seen]) -> None:
    for name, one in found.items():
        whole = told.setdefault(name, Seen())
        whole.codes += one.codes
        whole.took += one.took
        whole.told_when += one.told_when


def _others(
    calm: dict[str, Seen],
    control: dict[str, Seen],
    loud: dict[str, Seen],
    others: list[Group],
    rounds: int,
    seconds: float,
) -> Section:
    section = Section(
        "The others' pages",
        f"Median and, in brackets, the 95th percentile, by which the ratio is; {rounds} rounds of three times {seconds:g} s.",
        side="beside the noisy region",
        against="without noise",
    )
    quiet, beside, with_noise = (
        [value for one in others for value in told[one.name].took] for told in (calm, control, loud)
    )
    ratio = percentile(with_noise, 0.95) / percentile(quiet, 0.95)
    section.lines.append(
        Line("all five together", _time(with_noise), _time(quiet), times(ratio), f"≤ {AT_MOST}×", ratio <= AT_MOST)
    )
    for what, mine, before in (
        ("the query alone, outside of WARSA (control)", beside, quiet),
        ("the noise, against the control", with_noise, beside),
    ):
        section.lines.append(
            Line(what, _time(mine), _time(before), times(percentile(mine, 0.95) / percentile(before, 0.95)))
        )
    for one in others:
        mine, before = loud[one.name].took, calm[one.name].took
        section.lines.append(
            Line(one.name, _time(mine), _time(before), times(percentile(mine, 0.95) / percentile(before, 0.95)))
        )
    codes = sum((loud[one.name].codes for one in others), Counter[str]())
    section.lines.append(Line("answers", _codes(codes), "", "", "200 alone", set(codes) == {"200"}))
    return section


def _noise(loud: dict[str, Seen], groups: list[Group], after: dict[str, Seen]) -> Section:
    section = Section(
        "The noisy region's own", "Answers by code; served ones with their time.", side="its answers", against="time"
    )
    for group in groups:
        seen = loud[group.name]
        section.lines.append(Line(group.name, _codes(seen.codes), _time(seen.took) if seen.took else "–"))
    refused = sum(loud[group.name].codes["429"] for group in groups)
    told = sum(loud[group.name].told_when for group in groups)
    section.lines.append(
        Line("refused, and told when to come again", f"{refused:,}, {told:,}", "", "", "all", 0 < refused == told)
    )
    codes = after["usual"].codes
    section.lines.append(Line("as usual again right afterwards", _codes(codes), _time(after["usual"].took or [0.0])))
    return section


def _codes(codes: dict[str, int]) -> str:
    return ", ".join(f"{code}: {number:,}" for code, number in sorted(codes.items()))


def _time(values: list[float]) -> str:
    return f"{duration(percentile(values, 0.5))} ({duration(percentile(values, 0.95))})"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.benchmarks.noisy", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write docs/benchmarks-noisy.md")
    asked.add_argument("--rounds", type=int, default=4)
    asked.add_argument("--seconds", type=float, default=20)
    options = asked.parse_args()

    def work(stage: Ground) -> list[Section]:
        stage.agent("ours", login="worker").ask("prepare")
        return noisy(stage, lay_out(stage), rounds=options.rounds, seconds=options.seconds)

    return report.measured("noisy", QUIET + 1, work, introduction=INTRODUCTION, closing=CLOSING, write=options.write)


if __name__ == "__main__":
    sys.exit(main())
