"""What waits to leave: of the platform here, of a region in a number that it tells the platform."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, Min, Q

from tenants.hooks import region_status
from tenants.kernel import clock
from tenants.observing.facts import Fact, facts
from tenants.outbox.models import OutboxMessage

WAITING, OLDEST, GIVEN_UP = "outbox_waiting", "outbox_oldest_seconds", "outbox_given_up"


def standing() -> dict[str, int]:
    """Of the bound site: how many wait, for how long the oldest, how many were given up within a day."""
    now = clock.now()
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.WAITING).aggregate(
        number=Count("pk"), oldest=Min("created_at")
    )
    given_up = Q(state=OutboxMessage.State.GIVEN_UP, created_at__gte=now - timedelta(days=1))
    oldest = int((now - waiting["oldest"]).total_seconds()) if waiting["oldest"] else 0
    return {
        WAITING: waiting["number"],
        OLDEST: max(oldest, 0),
        GIVEN_UP: OutboxMessage.objects.filter(given_up).count(),
    }


@region_status("outbox")
def region_outbox() -> dict[str, int | str | None]:
    return {**standing()}


@facts("outbox")
def outbox_facts() -> Iterable[Fact]:
    for name, value in standing().items():
        yield outbox_fact(name, "platform", value)


def outbox_fact(name: str, site: str, value: int) -> Fact:
    """One of the three numbers, of the platform or of all regions together."""
    helps = {
        WAITING: "Messages that wait to leave.",
        OLDEST: "Age of the oldest message that waits.",
        GIVEN_UP: "Messages of the last day that were given up.",
    }
    return Fact(f"warsa_{name}", helps[name], value, {"site": site})
