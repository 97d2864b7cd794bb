"""The steps of the canary's trade. Region apps register them; the platform calls them in their order, with the region bound."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise

from tenants.kernel.registering import register_once

# Called outside a transaction with the key of the run. It acts by the services that pages use and looks at what became of it;
# it raises whatever they raise, and WrongEffect.
Act = Callable[[UUID], None]


@dataclass(frozen=True)
class TradeStep:
    """One step; `order` is its place among all."""

    name: str
    label: str | Promise
    order: int
    act: Act


_steps: dict[str, TradeStep] = {}


def canary_step(name: str, *, label: str | Promise, order: int) -> Callable[[Act], Act]:
    """Register a step; in an app's own module that its AppConfig.ready imports."""

    def register(act: Act) -> Act:
        register_once(_steps, name, TradeStep(name, label, order, act), what="step of the canary")
        return act

    return register


def steps() -> list[TradeStep]:
    """All of them in their order."""
    return sorted(_steps.values(), key=lambda one: one.order)


def label_of(name: str) -> str:
    """What a person reads; the name itself where no app offers the step any more."""
    return str(_steps[name].label) if name in _steps else name
