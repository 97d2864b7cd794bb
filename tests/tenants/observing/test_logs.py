"""A line says region, request and task, and never a person."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from tenants.context import as_owner, in_region, on_platform
from tenants.models import Region
from tenants.observing.correlation import Work, working
from tenants.observing.logs import Lines
from tenants.observing.scrubbing import scrub
from tenants.outbox import services
from tenants.outbox.services import put_mail, sweep
from tenants.outbox.tasks import sweep_region
from tenants.tasks import ScopedTask, region_task
from tests.tenants.test_tasks import run

log = logging.getLogger(__name__)


class Kept(logging.Handler):
    """Lines as production writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Lines(as_json=True))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def kept() -> Iterator[Kept]:
    handler, root = Kept(), logging.getLogger()
    root.addHandler(handler)
    yield handler
    root.removeHandler(handler)


def get(host: str, path: str, **headers: str) -> Any:
    return Client().get(path, headers={"host": host, **{name.replace("_", "-"): v for name, v in headers.items()}})


def fail(_: object) -> None:
    raise ConnectionRefusedError


@region_task(name="tests.observing.says")
def says(fail: bool = False) -> None:
    log.info("at work")
    if fail:
        raise LookupError("not found for 081234567890")


def test_a_request_is_one_line_with_its_region_and_its_id(kalidoni: Region, kept: Kept) -> None:
    answer = get("kalidoni.localhost", "/?q=Siti+Aminah")
    (line,) = [event for event in kept.events if event["logger"] == "warsa.requests"]
    assert {key: line[key] for key in ("region", "site", "method", "route", "status", "user_kind")} == {
        "region": str(kalidoni.public_id),
        "site": "region",
        "method": "GET",
        "route": "/",
        "status": answer.status_code,
        "user_kind": "anonymous",
    }
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert "Siti" not in "".join(kept.lines) and kalidoni.name not in "".join(kept.lines)


def test_the_platform_and_an_unknown_host_say_so(kalidoni: Region, kept: Kept) -> None:
    get("localhost", "/tentang/")
    get("nobody.localhost", "/tentang/")
    lines = [event for event in kept.events if event["logger"] == "warsa.requests"]
    assert [(line["site"], line["region"], line["route"]) for line in lines] == [
        ("platform", "platform", "tentang/"),
        ("none", "platform", "none"),
    ]


@pytest.mark.parametrize(
    ("case", "trusted", "given", "taken"),
    [
        ("a proxy's", True, "0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a", True),
        ("with dashes", True, "0af3c1d2-5b6f-2c3e-4d5a-6b7c8d9e0f1a", True),
        ("from anywhere", False, "0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a", False),
        ("a telephone number", True, "081234567890", False),
        ("a name", True, "Siti Aminah", False),
        ("two lines", True, "0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a\n", False),
        ("nothing", True, "", False),
    ],
)
def test_whose_id_is_taken(kalidoni: Region, settings: Any, case: str, trusted: bool, given: str, taken: bool) -> None:
    settings.PROXIES = int(trusted)
    told = get("kalidoni.localhost", "/healthz", x_request_id=given).headers["X-Request-ID"]
    assert len(told) == 32 and (told == given.replace("-", "")) is taken


def test_every_line_of_a_regions_work_names_the_region(
    kalidoni: Region, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(services._deliverers, "mail", fail)
    for path in ("/", "/masuk/", "/areas/", "/no-such-page/", "/warung/1/"):
        get("kalidoni.localhost", path)
    with in_region(kalidoni):
        with transaction.atomic():
            put_mail(to="a@b.example", subject="s", body="b", dedupe="x")
        assert sweep(quiet=timedelta()) == 0
    run(says, kalidoni.schema_name)
    run(sweep_region, kalidoni.schema_name)
    assert len(kept.events) > 8
    assert [event for event in kept.events if event.get("region") != str(kalidoni.public_id)] == []


def test_a_task_goes_on_with_the_request_that_asked(kalidoni: Region, kept: Kept) -> None:
    headers: dict[str, Any] = {"id": "id-1"}
    from tenants.tasks import _stamp

    with in_region(kalidoni), working(Work("0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a")):
        _stamp(sender=says.name, headers=headers)
    says.push_request(id="id-1", headers=headers)
    try:
        says()
    finally:
        says.pop_request()
    said, ended = [event for event in kept.events if event.get("task")]
    assert said["event"] == "at work" and ended["outcome"] == "done"
    for line in (said, ended):
        assert (line["request_id"], line["task_id"], line["task"]) == (
            "0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a",
            "id-1",
            "tests.observing.says",
        )


def failing(task: ScopedTask, region: Region) -> Exception:
    task.push_request(id="id-2", headers={})
    try:
        with in_region(region), task._observed():
            raise LookupError("not found for 081234567890")
    except LookupError as failure:
        return failure
    finally:
        task.pop_request()


def test_a_failure_told_after_the_region_is_gone_still_names_it(kalidoni: Region, kept: Kept) -> None:
    failure = failing(says, kalidoni)
    log.error("task raised", exc_info=failure)
    line = kept.events[-1]
    assert line["region"] == str(kalidoni.public_id) and line["task"] == "tests.observing.says"
    assert "LookupError" in line["exception"] and "0812" not in kept.lines[-1]


def test_the_owners_work_in_a_schema_names_the_schema(kalidoni: Region, kept: Kept) -> None:
    with as_owner(kalidoni.schema_name):
        log.info("upgraded")
    with on_platform():
        log.info("looked")
    assert [event["region"] for event in kept.events] == [kalidoni.schema_name, "platform"]


def test_a_row_that_the_database_refuses_is_not_in_the_log(kalidoni: Region, kept: Kept) -> None:
    with on_platform():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO tenants_slugclaim (slug, held_for, claimed_at) VALUES ('Siti Aminah', null, now())"
                )
        except IntegrityError:
            log.exception("refused")
    assert "Failing row" not in kept.lines[-1] and "null value" in kept.lines[-1]


def test_the_request_stands_in_the_statement(kalidoni: Region) -> None:
    from tenants.observing.statements import watched_statements

    work = Work("0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a")
    with in_region(kalidoni), working(work), watched_statements() as watch, connection.cursor() as cursor:
        cursor.execute("SELECT current_query()")
        (query,) = cursor.fetchone()
    assert query.endswith("/* request=0af3c1d25b6f2c3e4d5a6b7c8d9e0f1a */")
    assert watch.number == 1 and watch.seconds > 0


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("call 0812-3456-7890 now", "0812"),
        ("call +62 812 3456 7890", "3456"),
        ("NIK 1607100101900001", "1607100101900001"),
        ("NPWP 09.254.294.3-407.000", "254.294"),
        ("mail siti.aminah@example.id", "siti.aminah"),
        ("/undangan/9sKd8fJ3kLmN0pQrS7tUv/", "9sKd8"),
        ("Authorization: Bearer abcdefgh", "abcdefgh"),
        ("sk_test_FAKEFAKE99", "FAKEFAKE"),
        ("whsec_abcdefgh12", "abcdefgh"),
        ("session='a1b2c3d4e5'", "a1b2c3"),
        ("duplicate\nDETAIL:  Key (name)=(Siti) already exists.", "Siti"),
        ("Key (name)=(Siti) is there", "Siti"),
    ],
)
def test_what_is_scrubbed(text: str, left: str) -> None:
    assert left in text and left not in scrub(text)


@pytest.mark.parametrize(
    "text",
    [
        "refused: stock_short",
        "outbox 17 failed (SMTPServerDisconnected)",
        "t_08123456789abcde is behind",
        "tenants.outbox.tasks.deliver_in_region",
        "2026-11-30T19:53:42.123Z",
        "Rp 12.500 for 3 orders",
        "/katalog/produk/12/",
    ],
)
def test_what_stays(text: str) -> None:
    assert scrub(text) == text
