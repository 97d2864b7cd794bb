"""How long something is kept that nobody needs for ever; each app registers in its `personal.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.functional import Promise

from tenants.kernel import clock


@dataclass(frozen=True)
class Rule:
    """`forget` takes away what is older than the moment it is told, a batch at a time; it returns how many rows it changed."""

    name: str
    label: str | Promise
    keep: timedelta
    forget: Callable[[datetime], int]


_rules: dict[str, Rule] = {}


def kept_for(
    name: str, *, label: str | Promise, keep: timedelta
) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Register the function that forgets what is older."""

    def register(forget: Callable[[datetime], int]) -> Callable[[datetime], int]:
        if name in _rules:
            raise ValueError(f"{name!r} is registered twice")
        _rules[name] = Rule(name, label, keep, forget)
        return forget

    return register


def rules() -> list[Rule]:
    """All rules, the shortest first."""
    return sorted(_rules.values(), key=lambda one: (one.keep, one.name))


def forget_what_is_old(most_batches: int = 1_000) -> dict[str, int]:
    """Every rule of the bound region, batch after batch until nothing is left. Returns how many rows each changed."""
    done = {}
    for rule in rules():
        before, done[rule.name] = clock.now() - rule.keep, 0
        for _batch in range(most_batches):
            changed = rule.forget(before)
            done[rule.name] += changed
            if not changed:
                break
    return done
