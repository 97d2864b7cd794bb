"""What the onboarding pages show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from hashlib import sha256
from operator import or_
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from shared_apps.onboarding.models import BuildStep, CarveOut, CoverageClaim, Registration, RegistrationEvent, State
from shared_apps.onboarding.services.building import plan
from shared_apps.regions.selectors import AreaHit, hits_of
from tenants.identity.models import User
from tenants.models import Domain, Region, RegionStatus

# "16.71.10": province, regency, kecamatan. What is longer lies inside a kecamatan.
_KECAMATAN_CODE = 8


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One step of a registration, and who took it, in words."""

    event: RegistrationEvent
    who: str


@dataclass(frozen=True, slots=True)
class Carving:
    """What a registration asks of the region that holds its kecamatan."""

    request: CarveOut
    areas: list[str]

    @property
    def agreed(self) -> bool:
        return self.request.state == CarveOut.State.AGREED


@dataclass(frozen=True, slots=True)
class Market:
    """An open market: its name, address, and the areas that it serves."""

    name: str
    url: str
    areas: list[AreaHit]


@dataclass(frozen=True, slots=True)
class PartProgress:
    """One step of the plan as the progress page shows it."""

    name: str
    label: object
    state: str
    done: int
    total: int
    message: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a region is built."""

    parts: list[PartProgress]
    # From the approval to the opening; None until then.
    seconds: int | None
    # Changes whenever the page would look different.
    mark: str

    @property
    def done(self) -> int:
        return sum(part.state == BuildStep.State.DONE for part in self.parts)

    @property
    def total(self) -> int:
        return len(self.parts)


def carving_of(registration: Registration) -> Carving | None:
    """The request that its registration made of a live region, or None."""
    request = CarveOut.objects.select_related("region").filter(registration=registration).first()
    return Carving(request, [hit.area.name for hit in hits_of(request.kecamatan_codes)]) if request else None


def history_of(registration: Registration) -> list[HistoryRow]:
    """Every step that it took, oldest first. Two queries, however many rows."""
    events = list(registration.events.all())
    names = names_of_actors((event.by for event in events), registration)
    return [HistoryRow(event, names[event.by]) for event in events]


def names_of_actors(actors: Iterable[str], registration: Registration) -> dict[str, str]:
    """Actors as history rows name them ("operator:<uuid>"), each with the words for people. One query.

    Whoever acts on the platform has an account there, the applicant apart.
    """
    wanted = {actor: actor.partition(":")[::2] for actor in actors}
    ids = {key for key in map(_as_uuid, (rest for _kind, rest in wanted.values())) if key is not None}
    people = {str(user.public_id): str(user) for user in User.objects.filter(public_id__in=ids)} if ids else {}
    names = {}
    for actor, (kind, rest) in wanted.items():
        if kind == "applicant":
            names[actor] = registration.applicant_name or _("the applicant")
        elif kind == "system":
            names[actor] = _("WARSA itself")
        else:
            names[actor] = people.get(rest) or _("an operator")
    return names


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def progress_of(registration: Registration) -> Progress:
    """The plan's steps with what is done of each."""
    rows = {row.name: row for row in registration.build_steps.all()}
    parts = []
    for part in plan():
        row = rows.get(part.name)
        parts.append(
            PartProgress(part.name, part.label, row.state, row.done, row.total, row.message, row.touched_at)
            if row
            else PartProgress(part.name, part.label, BuildStep.State.WAITING, 0, 0, "", None)
        )
    answers = list(CarveOut.objects.filter(registration=registration).values_list("state", flat=True))
    facts = [registration.state, *answers, *((part.name, part.state, part.done, part.total) for part in parts)]
    mark = sha256(repr(facts).encode()).hexdigest()[:12]
    return Progress(parts, _seconds_to_build(registration), mark)


def _seconds_to_build(registration: Registration) -> int | None:
    if registration.state != State.LIVE:
        return None
    moments = dict(registration.events.filter(move__in=["approve", "open"]).values_list("move", "at"))
    if len(moments) < 2:
        return None
    return max(1, round((moments["open"] - moments["approve"]).total_seconds()))


def counts_by_state() -> dict[str, int]:
    """How many registrations are in each state, drafts apart."""
    rows = Registration.objects.exclude(state=State.DRAFT).order_by().values_list("state").annotate(Count("pk"))
    return dict(rows)


def waiting_for_decision() -> int:
    """How many registrations an operator has still to decide."""
    return Registration.objects.filter(state=State.IN_REVIEW).count()


def open_markets(limit: int = 50) -> list[Market]:
    """The markets that a visitor may enter, by name. Two queries."""
    domains = Domain.objects.filter(is_primary=True, tenant__status=RegionStatus.READY)
    rows = list(domains.select_related("tenant__registration").order_by("tenant__name")[:limit])
    codes = {domain.tenant_id: _areas_of(domain.tenant) for domain in rows}
    hits = {hit.area.code: hit for hit in hits_of(code for some in codes.values() for code in some)}
    return [
        Market(domain.tenant.name, _url(domain), [hits[code] for code in codes[domain.tenant_id] if code in hits])
        for domain in rows
    ]


def _areas_of(region: Region) -> list[str]:
    registration: Registration | None = getattr(region, "registration", None)
    return list(registration.area_codes) if registration else []


def _url(domain: Domain) -> str:
    return f"{settings.SITE_SCHEME}://{domain.domain}{settings.SITE_PORT_SUFFIX}/"


def markets_around(codes: Iterable[str]) -> dict[str, list[Market]]:
    """For each area: the open markets of its kecamatan, or of kecamatan inside it. Two queries."""
    prefixes = {code: code[:_KECAMATAN_CODE] for code in codes}
    if not prefixes:
        return {}
    inside = reduce(or_, (_lies_in(prefix) for prefix in prefixes.values()))
    held = CoverageClaim.objects.filter(inside, region__status=RegionStatus.READY).order_by("kecamatan_code")
    covered = list(held.values_list("kecamatan_code", "region_id"))
    domains = Domain.objects.filter(is_primary=True, tenant_id__in={pk for _code, pk in covered})
    markets = {
        domain.tenant_id: Market(domain.tenant.name, _url(domain), [])
        for domain in domains.select_related("tenant").order_by("tenant__name")
    }
    found = {}
    for code, prefix in prefixes.items():
        near = {pk for kecamatan, pk in covered if f"{kecamatan}.".startswith(f"{prefix}.")}
        found[code] = [market for pk, market in markets.items() if pk in near]
    return found


def _lies_in(code: str) -> Q:
    if len(code) == _KECAMATAN_CODE:
        return Q(kecamatan_code=code)
    return Q(kecamatan_code__startswith=f"{code}.")
