"""Building a region: named steps, each safe to repeat, so that a killed worker loses nothing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shared_apps.onboarding.models import BuildStep, CoverageClaim, Registration, State
from shared_apps.onboarding.services.blueprints import apply_blueprint
from shared_apps.onboarding.services.carving import carve
from tenants import hooks, provisioning
from tenants.context import in_region, on_platform
from tenants.hosts import host_of_slug, region_url
from tenants.kernel import clock
from tenants.kernel.moves import move
from tenants.locks import alone
from tenants.models import Domain, PooledSchema, Region, RegionStatus, SlugClaim, TimeZone
from tenants.outbox.services import leave_now, put_mail

log = logging.getLogger(__name__)

BY = "system:provisioning"
_LOCK_SPACE = 0x57_52_42  # "WRB"

# Keppres 41/1987: provinces of Central and Eastern Indonesian time by their code; the others keep Western time.
_WITA = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
_WIT = {"81", "82", "91", "92", "93", "94", "95", "96", "97"}


@dataclass(frozen=True)
class Part:
    """A step of the plan: `run(registration, step row)`."""

    name: str
    label: object
    run: Callable[[Registration, BuildStep], None]


def time_zone_of(area_codes: list[str]) -> str:
    """The zone of the first area's province."""
    province = area_codes[0][:2] if area_codes else ""
    return TimeZone.WITA if province in _WITA else TimeZone.WIT if province in _WIT else TimeZone.WIB


def _room(registration: Registration, step: BuildStep) -> None:
    def progress(migration: str, done: int, total: int) -> None:
        with on_platform():
            BuildStep.objects.filter(pk=step.pk).update(done=done, total=total, message=migration)

    if registration.region is None:
        provisioning.make_room(progress)
    else:
        provisioning.complete_schema(registration.region, progress)


def _found(registration: Registration, step: BuildStep) -> None:
    if registration.region_id is not None:
        return

    def register(slot: PooledSchema) -> Region:
        locked = Registration.objects.select_for_update().get(pk=registration.pk)
        region: Region = Region.objects.create(
            name=registration.name,
            time_zone=time_zone_of(registration.area_codes),
            schema_name=slot.schema_name,
            schema_version=slot.version,
        )
        locked.region = region
        locked.save(update_fields=["region"])
        # The address says that the market is being built until it opens.
        Domain.objects.create(domain=host_of_slug(registration.slug), tenant=region)
        return region

    def inside(region: Region) -> None:
        for each in hooks.steps():
            if each.founding:
                each.run(new_region(registration))

    provisioning.found(register, inside)
    registration.refresh_from_db()


def _region(registration: Registration) -> Region:
    region: Region | None = registration.region
    if region is None:
        raise LookupError("the region's row is made by an earlier step")
    return region


def _blueprint(registration: Registration, step: BuildStep) -> None:
    def progress(section: str, done: int, total: int) -> None:
        BuildStep.objects.filter(pk=step.pk).update(done=done, total=total, message=section)

    apply_blueprint(region=_region(registration), progress=progress)


def _check(registration: Registration, step: BuildStep) -> None:
    drift = provisioning.drift(_region(registration))
    if drift:
        raise RuntimeError(f"the schema is not that of its release: {'; '.join(drift[:5])}")


def _open(registration: Registration, step: BuildStep) -> None:
    region = _region(registration)
    with transaction.atomic():
        Region.objects.filter(pk=region.pk, ready_at=None).update(status=RegionStatus.READY, ready_at=clock.now())
        CoverageClaim.objects.filter(registration=registration).update(region=region)
        SlugClaim.objects.filter(held_for=registration.public_id).update(region=region)
        move(registration, "open", by=BY)
        carve(registration=registration, region=region, by=BY)
        # An address is there since the founding, but for regions that an earlier release began.
        Domain.objects.get_or_create(domain=host_of_slug(registration.slug), defaults={"tenant": region})
        put_mail(
            to=registration.email,
            subject=_("%(name)s is open") % {"name": registration.name},
            body=_("Your market answers at %(link)s") % {"link": region_url(region)},
            dedupe=f"onboarding.open:{registration.public_id}",
        )
        # With the opening itself, so that a worker killed right after leaves no step that looks unfinished.
        BuildStep.objects.filter(pk=step.pk).update(state=BuildStep.State.DONE)
        # The apps' own steps have put mail into the region's outbox, above all the admin's invitation.
        leave_now(region)


def _hook(run: Callable[[hooks.NewRegion], None]) -> Callable[[Registration, BuildStep], None]:
    def work(registration: Registration, step: BuildStep) -> None:
        with in_region(_region(registration)):
            run(new_region(registration))

    return work


def new_region(registration: Registration) -> hooks.NewRegion:
    """What the region's apps are told about the registration."""
    return hooks.NewRegion(
        registration_id=registration.public_id,
        name=registration.name,
        slug=registration.slug,
        area_codes=tuple(registration.area_codes),
        services=tuple(registration.services),
        admin_name=registration.applicant_name,
        admin_email=registration.email,
        admin_phone=registration.phone,
        institution=registration.institution,
    )


def plan() -> list[Part]:
    """Every step in order."""
    own = [Part(step.name, step.label, _hook(step.run)) for step in hooks.steps() if not step.founding]
    return [
        Part("schema", gettext_lazy("Making room in the database"), _room),
        Part("register", gettext_lazy("Entering the region in the register"), _found),
        Part("blueprint", gettext_lazy("Applying the blueprint"), _blueprint),
        *own,
        Part("check", gettext_lazy("Checking that nothing is missing"), _check),
        Part("open", gettext_lazy("Opening the address"), _open),
    ]


def build(registration_id: int) -> None:
    """Take the approved registration to live, from wherever an earlier worker left it.

    States:  approved -> provisioning -> live, or failed with the step's message. A second call at the same time does nothing.
    """
    with alone(_LOCK_SPACE, registration_id) as mine:
        registration = Registration.objects.get(pk=registration_id)
        if not mine or registration.state not in (State.APPROVED, State.PROVISIONING):
            return
        if registration.state == State.APPROVED:
            with transaction.atomic():
                move(registration, "build", by=BY)
                Region.objects.filter(pk=registration.region_id).update(status=RegionStatus.BUILDING)
        for order, part in enumerate(plan()):
            if not _take(registration, part, order):
                return


def _take(registration: Registration, part: Part, order: int) -> bool:
    step, _fresh = BuildStep.objects.get_or_create(registration=registration, name=part.name, defaults={"order": order})
    if step.state == BuildStep.State.DONE:
        return True
    step.state, step.attempts, step.message = BuildStep.State.RUNNING, step.attempts + 1, ""
    step.save()
    try:
        # Where a trial looks for the worker to kill; zero outside of trials.
        time.sleep(settings.PROVISIONING_PAUSE / 2)
        part.run(registration, step)
        time.sleep(settings.PROVISIONING_PAUSE / 2)
    except Exception as failure:
        log.exception("building %s failed at %s", registration.public_id, part.name)
        if Registration.objects.filter(pk=registration.pk, state=State.LIVE).exists():
            return False
        with on_platform(), transaction.atomic():
            message = f"{type(failure).__name__}: {failure}"[:500]
            BuildStep.objects.filter(pk=step.pk).update(state=BuildStep.State.FAILED, message=message)
            move(registration, "fail", by=BY, reason=message)
            Region.objects.filter(pk=registration.region_id, ready_at=None).update(status=RegionStatus.FAILED)
        return False
    BuildStep.objects.filter(pk=step.pk).update(state=BuildStep.State.DONE)
    return True


def abandoned(quiet: timedelta = timedelta(seconds=5)) -> list[int]:
    """Registrations that should be in building and that no worker holds."""
    waiting = Registration.objects.filter(state__in=[State.APPROVED, State.PROVISIONING])
    found = []
    for pk in waiting.filter(updated_at__lt=clock.now() - quiet).values_list("pk", flat=True):
        with alone(_LOCK_SPACE, pk) as free:
            if free:
                found.append(pk)
    return found
