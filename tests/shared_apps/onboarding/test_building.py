"""An approved region is built whole, whatever happens to the worker on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared_apps.onboarding.models import BuildStep, CoverageClaim, Registration, State
from shared_apps.onboarding.services import building
from shared_apps.onboarding.services.building import build
from shared_apps.onboarding.services.deciding import approve, retry, submit, withdraw
from tenants.context import in_region, on_platform
from tenants.hosts import site_for
from tenants.identity.models import User
from tenants.models import Domain, Region, RegionStatus
from tenants.provisioning import drift
from tenants.schemas import pool
from tests.shared_apps.onboarding.people import LOMBOK, complete
from tests.world import schemas


def approved(slug: str = "sasak") -> Registration:
    registration = complete(LOMBOK, slug=slug)
    submit(registration=registration)
    approve(registration=registration, by="operator:test")
    return registration


def answers(host: str) -> bool:
    """Whether a market is open there."""
    site = site_for(host)
    return site is not None and site.region is not None and site.region.status == RegionStatus.READY


def test_an_approved_region_goes_live(committed: None) -> None:
    with on_platform():
        registration = approved()
        assert site_for("sasak.localhost") is None
        build(registration.pk)
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.LIVE
        site = site_for("sasak.localhost")
        assert site is not None and site.region is not None
        assert site.region.status == RegionStatus.READY
        assert site.region.time_zone == "Asia/Makassar"
        assert drift(site.region) == []
        assert CoverageClaim.objects.filter(region=site.region).count() == 54
        assert set(registration.build_steps.values_list("state", flat=True)) == {BuildStep.State.DONE}
    with in_region(site.region):
        assert User.objects.count() == 0


@pytest.mark.parametrize("broken", ["schema", "register", "blueprint", "check", "open"])
@pytest.mark.parametrize("after", [False, True])
def test_a_failed_step_is_taken_up_again(
    broken: str, after: bool, committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The step fails before or after its work was done; a retry ends live either way, and nothing is left over."""
    whole = building.plan
    work: dict[str, Callable[..., None]] = {part.name: part.run for part in whole()}

    def fails(registration: Registration, step: BuildStep) -> None:
        if after:
            work[broken](registration, step)
        raise RuntimeError("the disk caught fire")

    with on_platform():
        registration = approved()
        before = schemas(waiting=False)
        with monkeypatch.context() as planted:
            parts = [building.Part(p.name, p.label, fails if p.name == broken else p.run) for p in whole()]
            planted.setattr(building, "plan", lambda: parts)
            build(registration.pk)
        registration.refresh_from_db()
        if broken == "open" and after:
            # Its own transaction had opened the region already.
            assert registration.state == State.LIVE
            return
        assert registration.state == State.FAILED
        assert not answers("sasak.localhost")
        assert "caught fire" in registration.build_steps.get(name=broken).message
        retry(registration=registration, by="operator:test")
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.LIVE
        assert len(schemas(waiting=False) - before) == 1
        assert (
            Region.objects.filter(name="Lombok Raya").count() == Domain.objects.filter(domain="sasak.localhost").count()
        )


def test_withdrawing_a_failed_one_leaves_nothing(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("no")

    with on_platform():
        registration = approved()
        before = schemas(waiting=False)
        parts = [building.Part(p.name, p.label, fails if p.name == "check" else p.run) for p in building.plan()]
        monkeypatch.setattr(building, "plan", lambda: parts)
        build(registration.pk)
        assert len(schemas(waiting=False) - before) == 1
        registration.refresh_from_db()
        withdraw(registration=registration, by="applicant:test")
        assert pool.sweep() == 1
        assert schemas(waiting=False) == before
        assert not Domain.objects.filter(domain="sasak.localhost").exists()
        assert not Region.objects.filter(name="Lombok Raya").exists()
        assert not CoverageClaim.objects.exists()
