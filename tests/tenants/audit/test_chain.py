"""The log: rows follow each other, the database refuses to change them, and what is done all the same is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import IntegrityError, connection, connections, transaction

from tenants.audit.models import AuditEvent
from tenants.audit.selectors import Finding, events, findings, head, holds
from tenants.audit.services import record
from tenants.context import as_owner, in_region, on_platform
from tenants.models import Region

ROWS = 10_000


def write(number: int) -> None:
    AuditEvent.objects.bulk_create(
        (
            AuditEvent(
                actor="operator:a",
                action="region.suspended",
                target=f"region:{n}",
                reason=f"sebab {n}",
                details={"n": n},
            )
            for n in range(number)
        ),
        batch_size=1000,
    )


@contextmanager
def tampering() -> Iterator[None]:
    """Somebody who owns the database goes around its rules."""
    with as_owner(), transaction.atomic():
        execute("SET LOCAL session_replication_role = replica")
        yield
        execute("SET LOCAL session_replication_role = origin")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.usefixtures("platform")
def test_one_row_of_ten_thousand_that_is_gone_is_found() -> None:
    write(ROWS)
    assert findings() == []
    assert head()[0] == ROWS
    with tampering():
        execute("DELETE FROM audit_auditevent WHERE id = 6143")
    assert findings() == [Finding("missing", 6144, 1)]


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("UPDATE audit_auditevent SET action = 'x' WHERE id = 3", [Finding("changed", 3)]),
        ("UPDATE audit_auditevent SET details = '{}' WHERE id = 3", [Finding("changed", 3)]),
        ("UPDATE audit_auditevent SET at = at + interval '1 second' WHERE id = 3", [Finding("changed", 3)]),
        ("UPDATE audit_auditevent SET reason = '' WHERE id = 3", [Finding("words", 3)]),
        ("UPDATE audit_auditevent SET digest = 'x' WHERE id = 3", [Finding("changed", 3), Finding("unchained", 4)]),
        ("DELETE FROM audit_auditevent WHERE id > 7", [Finding("end", 7, 2)]),
        ("DELETE FROM audit_auditevent WHERE id < 3", [Finding("missing", 3, 2)]),
        ("DELETE FROM audit_auditevent", [Finding("end", 0, 9)]),
        ("DELETE FROM audit_audithead", [Finding("end", 9, 0)]),
    ],
)
def test_what_was_changed_behind_the_rules_is_found(sql: str, found: list[Finding]) -> None:
    write(9)
    with tampering():
        execute(sql)
    assert findings() == found


@pytest.mark.usefixtures("platform")
def test_an_end_cut_off_with_its_head_is_found_by_who_noted_it_down() -> None:
    write(9)
    number, digest = head()
    assert holds(number, digest)
    with tampering():
        execute("DELETE FROM audit_auditevent WHERE id > 7")
        execute("UPDATE audit_audithead SET last = 7, digest = (SELECT digest FROM audit_auditevent WHERE id = 7)")
    assert findings() == []
    assert not holds(number, digest)


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_auditevent SET reason = ''",
        "DELETE FROM audit_auditevent",
        "UPDATE audit_audithead SET last = 0",
        "DELETE FROM audit_audithead",
    ],
)
def test_the_database_refuses_to_change_it(sql: str) -> None:
    write(2)
    with pytest.raises(IntegrityError), transaction.atomic():
        execute(sql)
    assert findings() == []


def test_a_region_has_a_log_of_its_own(kalidoni: Region, lombok: Region) -> None:
    with in_region(kalidoni):
        record("role.given", by="user:a", reason="  karena\x00 perlu ")
        assert [one.reason for one in events()] == ["karena perlu"]
        assert findings() == []
    with in_region(lombok):
        assert not events().exists()
    with on_platform():
        assert not events(action="role.given").exists()


@pytest.mark.usefixtures("committed")
def test_rows_of_many_at_once_follow_each_other() -> None:
    def work(who: int) -> None:
        try:
            for number in range(10):
                with on_platform():
                    record("race.ran", by=f"user:{who}", details={"n": number})
        finally:
            connections.close_all()

    threads = [Thread(target=work, args=(who,)) for who in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with on_platform():
        assert events(action="race.ran").count() == 50
        assert findings() == []


@pytest.mark.usefixtures("platform")
def test_the_log_is_searched() -> None:
    write(3)
    record("supplier.verified", by="user:b", target="supplier:1")
    assert events(text="VERIFIED").count() == 1
    assert events(text="sebab 1").count() == 1
    assert events(actor="user:b").count() == 1
    assert events(text="\x00").count() == 4
