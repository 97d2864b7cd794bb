"""What tenant apps offer to the platform, so that no shared app imports a tenant app.

Each app registers in its `hooks.py`, imported by its AppConfig.ready. Everything here is called with the region bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol
from uuid import UUID

from django.utils.functional import Promise

from tenants.kernel.registering import register_once


@dataclass(frozen=True)
class NewRegion:
    """What a registration tells the apps that build its market."""

    registration_id: UUID
    name: str
    slug: str
    area_codes: tuple[str, ...]
    services: tuple[str, ...]
    admin_name: str
    admin_email: str
    admin_phone: str
    institution: str
    language: str = "id"


class BlueprintSection(Protocol):
    """A part of a region that others may copy: never people, stock or money. `apply` may run twice."""

    def export(self) -> Any: ...

    def apply(self, data: Any) -> None: ...


@dataclass(frozen=True)
class ProvisionStep:
    name: str
    label: str | Promise
    order: int
    run: Callable[[NewRegion], None]
    founding: bool = False


@dataclass(frozen=True)
class ChecklistItem:
    """A first-run task of the region's admin that checks itself."""

    name: str
    title: str | Promise
    hint: str | Promise
    url_name: str
    order: int
    done: Callable[[], bool]


Stock = Literal["warungs", "trainees"]
Flow = Literal["orders", "gmv"]


@dataclass(frozen=True, slots=True)
class DayFigure:
    """So many in one kecamatan on one day of the region's own zone; `gmv` is whole rupiah.

    A flow is told for each day that has any; a stock only for today, as it is now (`trainees`: of this year so far).
    """

    district: str
    day: date
    name: Stock | Flow
    value: int


Measure = Callable[[], dict[str, int | str | None]]
MeasureDays = Callable[[date], Iterable[DayFigure]]


@dataclass(frozen=True)
class DayMeasure:
    """A measurement by kecamatan and day, and the names that it tells."""

    names: tuple[Stock | Flow, ...]
    measure: MeasureDays


@dataclass
class _Hooks:
    sections: dict[str, tuple[int, BlueprintSection]] = field(default_factory=dict)
    steps: dict[str, ProvisionStep] = field(default_factory=dict)
    checklist: dict[str, ChecklistItem] = field(default_factory=dict)
    status: dict[str, Measure] = field(default_factory=dict)
    daily: dict[str, Measure] = field(default_factory=dict)
    days: dict[str, DayMeasure] = field(default_factory=dict)


_hooks = _Hooks()


def blueprint_section(name: str, *, order: int) -> Callable[[type[BlueprintSection]], type[BlueprintSection]]:
    """Register a class as a section of the blueprint; sections are applied in `order`."""

    def register(section: type[BlueprintSection]) -> type[BlueprintSection]:
        register_once(_hooks.sections, name, (order, section()), what="hook")
        return section

    return register


def provision_step(
    name: str, *, label: str | Promise, order: int, founding: bool = False
) -> Callable[[Callable[[NewRegion], None]], Callable[[NewRegion], None]]:
    """Register an idempotent step that runs after the schema exists and before the region opens.

    A `founding` one is quick and stands in the very transaction that makes the region: with it or not at all.
    """

    def register(run: Callable[[NewRegion], None]) -> Callable[[NewRegion], None]:
        register_once(_hooks.steps, name, ProvisionStep(name, label, order, run, founding), what="hook")
        return run

    return register


def checklist_item(
    name: str, *, title: str | Promise, hint: str | Promise, url_name: str, order: int
) -> Callable[[Callable[[], bool]], Callable[[], bool]]:
    """Register a first-run task; the decorated function answers whether it is done."""

    def register(done: Callable[[], bool]) -> Callable[[], bool]:
        register_once(_hooks.checklist, name, ChecklistItem(name, title, hint, url_name, order, done), what="hook")
        return done

    return register


def region_status(name: str, *, daily: bool = False) -> Callable[[Measure], Measure]:
    """Register a measurement for the operators' board: asked every five minutes, or about once a day when it is dear."""

    def register(measure: Measure) -> Measure:
        register_once(_hooks.daily if daily else _hooks.status, name, measure, what="hook")
        return measure

    return register


def region_days(name: str, *names: Stock | Flow) -> Callable[[MeasureDays], MeasureDays]:
    """Register a measurement by kecamatan and day: `measure(since)` tells `names` for all days from `since` until today.

    A day of a flow that it leaves out is a day with none. It is asked every five minutes for two days and about once a day for
    five weeks, so it needs an index.
    """

    def register(measure: MeasureDays) -> MeasureDays:
        register_once(_hooks.days, name, DayMeasure(names, measure), what="hook")
        return measure

    return register


def sections() -> list[tuple[str, BlueprintSection]]:
    """Blueprint sections in the order in which they are applied."""
    return [(name, section) for name, (_, section) in sorted(_hooks.sections.items(), key=lambda kv: kv[1][0])]


def steps() -> list[ProvisionStep]:
    """Provisioning steps in order."""
    return sorted(_hooks.steps.values(), key=lambda s: s.order)


def checklist() -> list[ChecklistItem]:
    """First-run tasks in order."""
    return sorted(_hooks.checklist.values(), key=lambda i: i.order)


def status_measures() -> dict[str, Measure]:
    """Measurements for the operators' board, by name."""
    return dict(_hooks.status)


def daily_measures() -> dict[str, Measure]:
    """The same, of what is dear to measure."""
    return dict(_hooks.daily)


def day_measures() -> dict[str, DayMeasure]:
    """Measurements by kecamatan and day, by name."""
    return dict(_hooks.days)
