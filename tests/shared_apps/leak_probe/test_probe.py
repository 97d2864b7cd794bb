"""The probe asks the real web of two regions, and tells every token that stands where it must not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from infra.embedded import children
from shared_apps.leak_probe.locks import PROBING
from shared_apps.leak_probe.models import ProbeFinding, ProbeRun, ProbeToken
from shared_apps.leak_probe.rules import leak_found, probe_blind, probe_missing
from shared_apps.leak_probe.selectors import last_whole_round
from shared_apps.leak_probe.services import probing
from shared_apps.leak_probe.services.probing import PATHS, make_missing_tokens, probe
from shared_apps.leak_probe.tokens import KEY
from shared_apps.operations.models import OperatorRole
from tenants.alerting import Reading
from tenants.cache import forget_region
from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Domain, Region, RegionStatus
from tests.infra.web import Web
from tests.shared_apps.operations.people import operator, operator_browser
from tests.world import admin

PAGE = "/operator/sidik/"
KIND = ProbeFinding.Kind
NOBODYS = "wzp-" + "0" * 32


@pytest.fixture
def web(committed: None, kalidoni: Region, lombok: Region, tmp_path: Path, settings: Any) -> Iterator[Web]:
    """The web as it runs, with its own cache: what is kept there is forgotten before and after."""
    running = Web(tmp_path / "web.log")
    as_the_web_does()
    forget(kalidoni, lombok)
    try:
        running.start()
        running.wait()
        settings.PROBE_URL = f"http://127.0.0.1:{running.port}"
        yield running
    finally:
        if running.child is not None:
            children.stop(running.child)
        forget(kalidoni, lombok)


def as_the_web_does() -> None:
    """This process's keys of the cache are those of the web that it has started."""
    cache.key_prefix = "warsa"


def forget(*regions: Region) -> None:
    for region in regions:
        with in_region(region):
            forget_region()


def token_of(region: Region) -> str:
    with on_platform():
        return ProbeToken.objects.get(region=region).token


def probed() -> ProbeRun:
    with on_platform():
        run = probe()
    assert run is not None
    return run


def found() -> list[tuple[str, str, str | None, str, str]]:
    with on_platform():
        rows = ProbeFinding.objects.select_related("asked", "owner").order_by("kind", "asked__name", "path", "where")
        return [(one.kind, one.asked.name, one.owner and one.owner.name, one.path, one.where) for one in rows]


Says = Callable[[str, str], tuple[int, dict[str, str], str]]


@contextmanager
def stand_in(settings: Any, says: Says) -> Iterator[list[str]]:
    """A web that says what the test wants; tells which hosts came, in order."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            host = self.headers["Host"]
            asked.append(f"{self.client_address[1]} {host} {self.path}")
            status, headers, text = says(host, self.path)
            body = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PROBE_URL = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def tokens(platform: None, kalidoni: Region, lombok: Region) -> dict[str, str]:
    """By host."""
    make_missing_tokens()
    rows = Domain.objects.filter(is_primary=True).values_list("domain", "tenant__probe_token__token")
    return dict(rows)


def honest(tokens: dict[str, str]) -> Says:
    return lambda host, path: (200, {}, f"{tokens[host]}\n{tokens[host]}\n")


def test_a_clean_round_looks_and_finds_nothing(web: Web, kalidoni: Region, lombok: Region) -> None:
    run = probed()
    assert found() == []
    assert (run.state, run.regions, run.answers, run.skipped) == ("ended", 2, 2 * len(PATHS), 0)
    # By the table and the cache at /sidik/, and once on the first page, in each region.
    assert run.own_seen == 6
    assert token_of(kalidoni) != token_of(lombok)
    assert [run.round, run.ends_round, probed().round] == [1, True, 2]
    with on_platform():
        whole = last_whole_round()
    assert whole is not None and (whole.number, whole.regions, whole.answers) == (2, 2, 2 * len(PATHS))


def test_another_regions_token_in_the_cache_is_found_with_both_regions(
    web: Web, kalidoni: Region, lombok: Region
) -> None:
    probed()
    with in_region(lombok):
        cache.set(KEY, token_of(kalidoni), 300)
    probed()
    probed()
    assert found() == [
        ("leak", "Lombok", "Kalidoni", "/", "body"),
        ("leak", "Lombok", "Kalidoni", "/sidik/", "body"),
    ]
    with on_platform():
        assert set(ProbeFinding.objects.values_list("count", flat=True)) == {2}
        assert list(leak_found(0)) == [Reading(lombok.pk, 4)]
        assert list(probe_blind(0)) == []


def test_rows_that_row_security_does_not_hide_are_found(web: Web, kalidoni: Region, lombok: Region) -> None:
    probed()
    with admin() as cursor:
        cursor.execute("ALTER TABLE public.leak_probe_probetoken DISABLE ROW LEVEL SECURITY")
    try:
        probed()
    finally:
        with admin() as cursor:
            cursor.execute("ALTER TABLE public.leak_probe_probetoken ENABLE ROW LEVEL SECURITY")
    assert found() == [
        ("leak", "Kalidoni", "Lombok", "/sidik/", "body"),
        ("leak", "Lombok", "Kalidoni", "/sidik/", "body"),
    ]


def test_a_web_that_is_gone_is_told_once_for_each_region(web: Web, kalidoni: Region, lombok: Region) -> None:
    assert web.end() == 0
    run = probed()
    assert run.answers == 0
    assert found() == [
        ("unreachable", "Kalidoni", None, "/sidik/", "body"),
        ("unreachable", "Lombok", None, "/sidik/", "body"),
    ]
    web.start()
    web.wait()
    with on_platform():
        assert {one.region for one in probe_blind(0)} == {kalidoni.pk, lombok.pk}
    probed()
    with on_platform():
        assert list(probe_blind(0)) == []
        assert ProbeFinding.objects.filter(well_at=None).count() == 0


def test_a_suspended_region_is_passed_over(web: Web, kalidoni: Region, lombok: Region) -> None:
    with on_platform():
        Region.objects.filter(pk=lombok.pk).update(status=RegionStatus.SUSPENDED)
    run = probed()
    assert (run.regions, run.answers) == (1, len(PATHS))
    assert found() == []


def test_two_regions_are_asked_in_turn_on_one_connection(tokens: dict[str, str], settings: Any) -> None:
    with stand_in(settings, honest(tokens)) as asked:
        probed()
    lines = [one.split() for one in asked]
    assert len({line for line, *_ in lines}) == 1
    hosts = [host for _line, host, _path in lines]
    assert len(hosts) == 2 * len(PATHS) and all(one != after for one, after in pairwise(hosts))
    assert [path for _line, _host, path in lines[::2]] == list(PATHS)


def test_a_token_is_found_in_a_header_in_a_refusal_and_when_it_is_nobodys(
    tokens: dict[str, str], settings: Any
) -> None:
    def says(host: str, path: str) -> tuple[int, dict[str, str], str]:
        if host.startswith("kalidoni") and path == "/masuk/":
            return 302, {"Location": f"/?next={tokens['lombok.localhost']}"}, ""
        if host.startswith("kalidoni") and path == "/":
            return 429, {"Retry-After": "1"}, tokens["lombok.localhost"]
        if host.startswith("lombok") and path == "/api/v1/region/":
            return 500, {}, NOBODYS
        return honest(tokens)(host, path)

    with stand_in(settings, says):
        run = probed()
    assert found() == [
        ("leak", "Kalidoni", "Lombok", "/", "body"),
        ("leak", "Kalidoni", "Lombok", "/masuk/", "header"),
        ("leak", "Lombok", None, "/api/v1/region/", "body"),
        ("unreachable", "Lombok", None, "/api/v1/region/", "body"),
    ]
    assert (run.skipped, run.findings_count) == (1, 4)


@pytest.mark.parametrize("body", ["", "{own}\n-\n", "-\n{own}\n", "{own} {own}\n"])
def test_a_page_without_both_tokens_is_blind(tokens: dict[str, str], settings: Any, body: str) -> None:
    def says(host: str, path: str) -> tuple[int, dict[str, str], str]:
        text = body.format(own=tokens[host]) if host.startswith("lombok") and path == "/sidik/" else None
        return honest(tokens)(host, path) if text is None else (200, {}, text)

    with stand_in(settings, says):
        probed()
    assert found() == [("blind", "Lombok", None, "/sidik/", "body")]


def test_busy_is_no_finding_and_says_nothing_of_what_was_found_before(tokens: dict[str, str], settings: Any) -> None:
    with stand_in(settings, lambda host, path: (500, {}, "")):
        probed()
    before = found()
    with stand_in(settings, lambda host, path: (429, {}, "")):
        run = probed()
    assert (run.skipped, run.findings_count) == (2 * len(PATHS), 0)
    assert len(before) == 2 * len(PATHS) and found() == before
    assert ProbeFinding.objects.filter(well_at=None).count() == len(before)


def test_runs_go_on_where_the_last_one_stopped(
    tokens: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "BATCH", 1)
    first, second = Region.objects.filter(status=RegionStatus.READY).order_by("pk").values_list("pk", flat=True)
    with stand_in(settings, honest(tokens)) as asked:
        cursors = [(run.cursor, run.round, run.ends_round) for run in (probed(), probed(), probed())]
    assert cursors == [(first, 1, False), (second, 1, True), (first, 2, False)]
    # Also a single one has another beside it.
    assert len({one.split()[1] for one in asked[: 2 * len(PATHS)]}) == 2


def test_a_run_without_time_leaves_the_others_to_the_next(
    tokens: dict[str, str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probing, "LONGEST", -1.0)
    monkeypatch.setattr(probing, "_pairs", lambda batch: [[one] for one in batch])
    with stand_in(settings, honest(tokens)):
        runs = [probed(), probed()]
    assert [(run.regions, run.ends_round) for run in runs] == [(1, False), (1, True)]


def test_one_at_a_time_and_what_a_killed_one_left(committed: None, tokens: dict[str, str], settings: Any) -> None:
    killed = ProbeRun.objects.create()
    with stand_in(settings, honest(tokens)):
        with psycopg.connect(**_elsewhere(), autocommit=True) as other:
            other.execute("SELECT pg_advisory_lock(%s, 0)", [PROBING])
            assert probe() is None
            killed.refresh_from_db()
            assert killed.state == "running"
            # A server frees the locks of a line that was closed when it notices that.
            other.execute("SELECT pg_advisory_unlock(%s, 0)", [PROBING])
        run = probe()
    assert run is not None and run.state == "ended" and run.regions == 2
    killed.refresh_from_db()
    assert killed.state == "cut_off" and killed.ended_at is not None


def _elsewhere() -> dict[str, Any]:
    given = connection.get_connection_params()
    return {name: given[name] for name in ("host", "port", "user", "password", "dbname") if name in given}


def test_without_an_address_nobody_is_asked(platform: None, kalidoni: Region) -> None:
    assert probe() is None
    assert ProbeRun.objects.count() == 0 and list(probe_missing(10)) == []


def test_what_is_old_goes(tokens: dict[str, str], settings: Any, kalidoni: Region) -> None:
    old = ProbeRun.objects.create(state="ended", started_at=clock.now() - timedelta(days=31), ended_at=clock.now())
    ProbeFinding.objects.create(run=old, kind=KIND.LEAK, asked=kalidoni, path="/")
    with stand_in(settings, honest(tokens)):
        probed()
    assert ProbeRun.objects.count() == 1 and ProbeFinding.objects.count() == 0


def test_a_region_reads_its_own_token_alone(tokens: dict[str, str], kalidoni: Region) -> None:
    with in_region(kalidoni):
        assert list(ProbeToken.objects.values_list("token", flat=True)) == [tokens["kalidoni.localhost"]]
        for statement in (
            "SELECT * FROM public.leak_probe_probefinding",
            "SELECT * FROM public.leak_probe_proberun",
            "UPDATE public.leak_probe_probetoken SET made_at = now()",
            "DELETE FROM public.leak_probe_probetoken",
        ):
            with (
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)


def test_each_region_has_one_token_for_ever(tokens: dict[str, str]) -> None:
    assert make_missing_tokens() == 0
    assert len({*tokens.values()}) == ProbeToken.objects.count() == 2


def test_a_warm_first_page_asks_the_database_nothing_for_it(tokens: dict[str, str], kalidoni: Region) -> None:
    visitor = Client(headers={"host": "kalidoni.localhost"})
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            page = visitor.get("/").content.decode()
    assert f'<meta name="warsa-sidik" content="{tokens["kalidoni.localhost"]}">' in page
    assert not [one for one in asked.captured_queries if "leak_probe" in one["sql"]]
    assert "warsa-sidik" not in visitor.get("/masuk/").content.decode()


def test_a_region_without_a_token_shows_none_and_later_its_own(kalidoni: Region) -> None:
    visitor = Client(headers={"host": "kalidoni.localhost"})
    assert "warsa-sidik" not in visitor.get("/").content.decode()
    assert visitor.get("/sidik/").content.decode() == "-\n-\n"
    with on_platform():
        make_missing_tokens()
    answer = visitor.get("/sidik/")
    assert answer.content.decode() == f"{token_of(kalidoni)}\n" * 2
    assert answer["Cache-Control"] == "no-store" and answer["Content-Type"].startswith("text/plain")


def test_rules_tell_what_is_fresh(platform: None, kalidoni: Region, lombok: Region, settings: Any) -> None:
    now = clock.now()
    run = ProbeRun.objects.create(state="ended", ended_at=now - timedelta(minutes=5))
    leak = ProbeFinding.objects.create(run=run, kind=KIND.LEAK, asked=kalidoni, owner=lombok, path="/", count=3)
    blind = ProbeFinding.objects.create(run=run, kind=KIND.BLIND, asked=lombok, path="/sidik/")
    settings.PROBE_URL = "http://127.0.0.1:1"
    assert list(leak_found(0)) == [Reading(kalidoni.pk, 3)]
    assert list(probe_blind(0)) == [Reading(lombok.pk, 1)]
    assert list(probe_missing(10)) == []
    ProbeFinding.objects.filter(pk=leak.pk).update(last_at=now - timedelta(hours=25))
    ProbeFinding.objects.filter(pk=blind.pk).update(last_at=now - timedelta(minutes=61))
    ProbeRun.objects.update(ended_at=now - timedelta(minutes=12))
    assert [list(leak_found(0)), list(probe_blind(0))] == [[], []]
    assert list(probe_missing(10)) == [Reading(None, 12)]
    ProbeRun.objects.all().delete()
    assert list(probe_missing(10)) == [Reading(None, 11)]


def test_the_page_for_readers_and_nobody_else(platform: None, kalidoni: Region, lombok: Region, settings: Any) -> None:
    reader = operator_browser(operator(role=OperatorRole.READER))
    page = reader.get(PAGE).content.decode()
    assert "WARSA_PROBE_URL" in page and "<table" not in page
    settings.PROBE_URL = "http://127.0.0.1:1"
    run = ProbeRun.objects.create(state="ended", ended_at=clock.now(), ends_round=True, regions=2, answers=10)
    for number in range(30):
        ProbeFinding.objects.create(
            run=run, kind=KIND.LEAK, asked=kalidoni, owner=lombok, path=f"/halaman-{number}/",
            last_at=clock.now() - timedelta(minutes=number),
        )  # fmt: skip
    page = reader.get(PAGE).content.decode()
    assert "WARSA_PROBE_URL" not in page and "/halaman-0/" in page and "/halaman-29/" not in page
    assert "Kalidoni" in page and "Lombok" in page
    assert "/halaman-29/" in reader.get(f"{PAGE}?page=2").content.decode()
    with CaptureQueriesContext(connection) as few:
        reader.get(f"{PAGE}?page=2")
    with CaptureQueriesContext(connection) as many:
        reader.get(PAGE)
    assert len(many) == len(few)
    nobody = Client(headers={"host": "localhost"})
    nobody.defaults["wsgi.url_scheme"] = "https"
    assert nobody.get(PAGE).status_code == 302
