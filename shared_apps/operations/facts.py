"""The regions together, by the numbers that they last told of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, Max, OuterRef, Sum

from shared_apps.operations.models import RegionCounter
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.observing.facts import Fact, facts
from tenants.outbox.facts import GIVEN_UP, OLDEST, WAITING, outbox_fact

# Beat asks every five minutes; a region that has missed six questions in a row is not well.
STALE = timedelta(minutes=30)


@facts("operations")
def operations_facts() -> Iterable[Fact]:
    told = RegionCounter.objects.filter(
        name__in=[WAITING, OLDEST, GIVEN_UP], region__status__in=[RegionStatus.READY, RegionStatus.SUSPENDED]
    )
    sums = {
        name: (total, greatest)
        for name, total, greatest in told.order_by().values_list("name").annotate(Sum("value"), Max("value"))
    }
    for name in (WAITING, OLDEST, GIVEN_UP):
        total, greatest = sums.get(name, (0, 0))
        yield outbox_fact(name, "regions", int(greatest if name == OLDEST else total))
    recent = RegionCounter.objects.filter(region=OuterRef("pk"), measured_at__gte=clock.now() - STALE)
    settled = Region.objects.filter(status=RegionStatus.READY, ready_at__lt=clock.now() - STALE)
    stale = settled.filter(~Exists(recent)).count()
    yield Fact("warsa_regions_stale", "Open regions that have told nothing of themselves for half an hour.", stale)
