"""How many regions there are, in which state, and how many blank schemas wait for the next."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Count, F, Max

from tenants.kernel import clock
from tenants.models import PooledSchema, Region, RegionStatus
from tenants.observing.facts import Fact, facts


@facts("regions")
def region_facts() -> Iterable[Fact]:
    numbers = dict(Region.objects.order_by().values_list("status").annotate(Count("pk")))
    for status in RegionStatus.values:
        yield Fact("warsa_regions", "Regions by status.", numbers.get(status, 0), {"status": status})
    aliases = Region.objects.exclude(status=RegionStatus.CLOSED).order_by().values_list("database_alias")
    for alias, number in aliases.annotate(Count("pk")).order_by("database_alias")[:50]:
        yield Fact("warsa_database_regions", "Regions of each database.", number, {"database": alias})
    young = Region.objects.filter(ready_at__gte=clock.now() - timedelta(days=1))
    founded = young.aggregate(number=Count("pk"), longest=Max(F("ready_at") - F("created_at")))
    longest = founded["longest"].total_seconds() if founded["longest"] else 0
    yield Fact("warsa_regions_opened_last_day", "Regions that opened within a day.", founded["number"])
    yield Fact("warsa_provisioning_longest_seconds", "The longest founding of those that opened within a day.", longest)
    old = clock.now() - timedelta(minutes=10)
    late = Region.objects.filter(status__in=[RegionStatus.BUILDING, RegionStatus.FAILED], created_at__lt=old).count()
    yield Fact("warsa_regions_building_late", "Regions that are being built for more than ten minutes.", late)
    ready = PooledSchema.objects.filter(state=PooledSchema.State.READY).count()
    yield Fact("warsa_pool_ready", "Blank schemas that wait for a region.", ready)
