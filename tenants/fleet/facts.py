"""Where the fleet stands against the code of this process."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Max, Min

from tenants.fleet.models import Drift, FleetRun, ParkedRegion
from tenants.fleet.selectors import standing
from tenants.kernel import clock
from tenants.models import Region, RegionStatus
from tenants.observing.facts import Fact, facts
from tenants.schemas.release import current_version

# Versions that are named; while a run is under way there are two.
NAMED_VERSIONS = 5


@facts("fleet")
def fleet_facts() -> Iterable[Fact]:
    version = current_version()
    versions = Region.objects.exclude(status=RegionStatus.CLOSED).order_by().values_list("schema_version")
    numbers = list(versions.annotate(number=Count("pk")).order_by("-number"))
    current = dict(numbers).get(version, 0)
    counts = {
        "current": current,
        "behind": standing(version).number,
        "parked": ParkedRegion.objects.count(),
        "differing": Drift.objects.count(),
    }
    for where, number in counts.items():
        yield Fact("warsa_fleet_regions", "Regions against the release of the code.", number, {"standing": where})
    for name, number in numbers[:NAMED_VERSIONS]:
        yield Fact("warsa_schema_version_regions", "Regions of the commonest versions.", number, {"version": name[:12]})
    yield Fact("warsa_schema_versions", "How many versions there are among open regions.", len(numbers))
    now = clock.now()
    unfinished = FleetRun.objects.filter(ended_at=None, started_at__isnull=False)
    seen = unfinished.aggregate(oldest=Min("seen_at"), begun=Min("started_at"))
    silent = (now - seen["oldest"]).total_seconds() if seen["oldest"] else 0
    running = (now - seen["begun"]).total_seconds() if seen["begun"] else 0
    yield Fact(
        "warsa_fleet_run_silent_seconds", "Since an unfinished run last gave a sign of life; 0 without one.", silent
    )
    yield Fact("warsa_fleet_run_open_seconds", "Since the oldest unfinished run began; 0 without one.", running)
    verified = FleetRun.objects.filter(kind=FleetRun.Kind.VERIFY).aggregate(last=Max("ended_at"))["last"]
    age = (now - verified).total_seconds() if verified else -1
    yield Fact("warsa_fleet_verified_age_seconds", "Since all regions were last compared; -1 for never.", age)
