"""What tenant apps offer to the platform, so that no shared app imports a tenant app.

Each app registers in its `hooks.py`, imported by its AppConfig.ready. Everything here is called with the region bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol
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


@dataclass
class _Hooks:
    sections: dict[str, tuple[int, BlueprintSection]] = field(default_factory=dict)
    steps: dict[str, ProvisionStep] = field(default_factory=dict)
    checklist: dict[str, ChecklistItem] = field(default_factory=dict)
    status: dict[str, Callable[[], dict[str, int | str | None]]] = field(default_factory=dict)


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


def region_status(
    name: str,
) -> Callable[[Callable[[], dict[str, int | str | None]]], Callable[[], dict[str, int | str | None]]]:
    """Register a measurement for the operators' board."""

    def register(measure: Callable[[], dict[str, int | str | None]]) -> Callable[[], dict[str, int | str | None]]:
        register_once(_hooks.status, name, measure, what="hook")
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


def status_measures() -> dict[str, Callable[[], dict[str, int | str | None]]]:
    """Measurements for the operators' board, by name."""
    return dict(_hooks.status)
