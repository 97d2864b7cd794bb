"""What is to leave the house leaves once it is decided, is tried again when it could not, and costs no walk over the fleet."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoCaptureOnCommitCallbacks

from tenants.context import in_region, on_platform
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.outbox import services, tasks
from tenants.outbox.models import OutboxMessage
from tenants.tasks import HEADER, for_each_ready_region

Sent = list[tuple[tuple[Any, ...], dict[str, Any]]]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """What would have gone to the broker."""
    calls: Sent = []
    for task in (tasks.deliver_in_region, tasks.deliver_for_platform, tasks.sweep_region):
        monkeypatch.setattr(task, "apply_async", lambda args=(), **options: calls.append((args, options)))
    return calls


def put(kind: str = "trial", dedupe: str = "a") -> bool:
    with transaction.atomic():
        return services.put(kind, {"to": "x"}, dedupe=dedupe)


@pytest.fixture
def carried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the deliverer of the kind `trial` carried out; it refuses what is called `broken`."""
    done: list[str] = []

    def carry(message: OutboxMessage) -> None:
        if message.dedupe == "broken":
            raise ConnectionError("nobody answers")
        done.append(message.dedupe)

    monkeypatch.setitem(services._deliverers, "trial", carry)
    return done


def test_an_event_leaves_once(
    kalidoni: Region, sent: Sent, carried: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with in_region(kalidoni):
        with django_capture_on_commit_callbacks(execute=True):
            assert [put(), put()] == [True, False]
        message = OutboxMessage.objects.get()
        assert [(args, options["headers"][HEADER]) for args, options in sent] == [((message.pk,), kalidoni.schema_name)]
        assert [services.deliver(message.pk), services.deliver(message.pk)] == [True, False]
        assert carried == ["a"]


def test_what_belongs_together_is_put_in_by_one_statement_and_told_once(
    kalidoni: Region, sent: Sent, carried: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with in_region(kalidoni):
        put(dedupe="known")
        with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            messages = [services.Message("trial", {}, name) for name in ("one", "known", "two", "one", "broken")]
            with CaptureQueriesContext(connection) as asked:
                assert services.put_all(messages) == 3
            assert len(asked) == 1
            assert services.put_all([]) == 0
        new = dict(OutboxMessage.objects.exclude(dedupe="known").values_list("dedupe", "pk"))
        assert [args for args, _options in sent] == [(new["one"], new["two"], new["broken"])]
        # One that cannot leave keeps nobody else.
        tasks.deliver_in_region.run(new["broken"], new["one"], new["two"])
        assert carried == ["one", "two"]


def test_what_could_not_leave_is_given_to_a_worker_again(
    kalidoni: Region, sent: Sent, carried: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with in_region(kalidoni):
        put(dedupe="broken")
        message = OutboxMessage.objects.get()
        waits = []
        for _ in range(services.MAX_ATTEMPTS):
            with django_capture_on_commit_callbacks(execute=True):
                assert not services.deliver(message.pk)
            waits.append(sent.pop()[1]["countdown"] if sent else None)
        # Longer waits are left to the sweep: the broker would give such a task out twice.
        assert waits == [30, 60, 120, 240, 480] + [None] * (services.MAX_ATTEMPTS - 5)
        message.refresh_from_db()
        assert message.state == OutboxMessage.State.GIVEN_UP
        assert "nobody answers" in message.last_error


def test_a_sweep_finds_what_was_lost(kalidoni: Region, carried: list[str]) -> None:
    with in_region(kalidoni):
        put(dedupe="lost")
        put(dedupe="broken")
        assert services.sweep() == 0
        assert services.sweep(quiet=timedelta()) == 1
        assert carried == ["lost"]


def test_each_region_has_its_turn_and_a_busy_one_each_time(platform: None, sent: Sent) -> None:
    for number in range(40):
        Region.objects.create(name=f"R{number}", status=RegionStatus.READY)
    Region.objects.filter(name="R7").update(last_activity_at=clock.now())
    busy = Region.objects.get(name="R7").schema_name
    ready = set(Region.objects.filter(status=RegionStatus.READY).values_list("schema_name", flat=True))
    asked: list[str] = []
    for turn in range(tasks.TURNS):
        sent.clear()
        for_each_ready_region(tasks.sweep_region, expires=60, turn=(turn, tasks.TURNS), active=tasks.ACTIVE)
        names = [options["headers"][HEADER] for _, options in sent]
        # Two of the forty at most, by their numbers, one of the world's own two, and the busy one.
        assert busy in names and len(names) <= 4
        asked += names
    assert set(asked) == ready
    assert all(asked.count(name) == 1 for name in ready - {busy})


def test_a_region_that_puts_something_in_is_busy(
    kalidoni: Region, sent: Sent, carried: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with in_region(kalidoni), django_capture_on_commit_callbacks(execute=True):
        put()
    with on_platform():
        assert Region.objects.get(pk=kalidoni.pk).last_activity_at is not None
