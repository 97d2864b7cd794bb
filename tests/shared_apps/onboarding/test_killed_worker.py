"""kill -9 of the worker in each step of building: the region still ends live and whole."""

from __future__ import annotations

import time
from pathlib import Path

from shared_apps.onboarding.models import BuildStep, CoverageClaim, Registration, State
from shared_apps.onboarding.services.building import plan
from shared_apps.onboarding.services.deciding import approve, submit
from tenants.context import on_platform
from tenants.models import Domain, PooledSchema, Region, RegionStatus
from tenants.provisioning import drift
from tests.shared_apps.onboarding.people import complete
from tests.shared_apps.onboarding.workers import kill, until, worker
from tests.trials import rounds, seeded
from tests.world import schemas

PAUSED = {"WARSA_PROVISIONING_PAUSE_MS": "600"}


def building() -> set[str]:
    """Slots that a killed worker left half built, or that the present one builds: the sweep's, in time."""
    return set(PooledSchema.objects.filter(state="building").values_list("schema_name", flat=True))


def test_a_killed_worker_leaves_a_region_that_is_finished_by_the_next(committed: None, tmp_path: Path) -> None:
    chance = seeded()
    steps = [part.name for part in plan()]
    log = tmp_path / "worker.log"
    # A kecamatan for each round: all of Palembang, and two of Lombok Barat.
    areas = [f"16.71.{number:02}" for number in range(1, 19)] + ["52.01.01", "52.01.02"]
    with on_platform():
        for turn in range(rounds(20)):
            step = steps[turn % len(steps)] if rounds(20) == 20 else chance.choice(steps)
            registration = complete([areas[turn]], slug=f"putus-{turn}", email=f"c{turn}@example.test", name=f"P{turn}")
            submit(registration=registration)
            approve(registration=registration, by="operator:test")
            Registration.objects.filter(pk=registration.pk).update(updated_at="2026-01-01T00:00Z")
            before = schemas(waiting=False)

            def reached(one: Registration = registration, name: str = step) -> bool:
                return BuildStep.objects.filter(registration=one, name=name, state=BuildStep.State.RUNNING).exists()

            def live(one: Registration = registration) -> bool:
                return Registration.objects.filter(pk=one.pk, state=State.LIVE).exists()

            first = worker(tmp_path, str(turn % 2 + 2), environment=PAUSED)
            try:
                until(reached, 60, log)
                time.sleep(chance.uniform(0, 0.6))
            finally:
                kill(first)
            print(f"killed in {step}")
            if not live():
                assert not Domain.objects.filter(domain=f"putus-{turn}.localhost", tenant__status="ready").exists()
            second = worker(tmp_path, str(turn % 2 + 2), environment=PAUSED)
            try:
                until(live, 90, log)
            finally:
                kill(second)
            region = Region.objects.get(name=f"P{turn}")
            assert region.status == RegionStatus.READY
            assert drift(region) == []
            assert schemas(waiting=False) - before - building() == {region.schema_name}
            assert Domain.objects.filter(tenant=region).count() == 1
            assert CoverageClaim.objects.filter(region=region).count() == 1
