"""How long something is kept that nobody needs for ever; each app registers in its `personal.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.utils.functional import Promise

from tenants.kernel import clock
from tenants.kernel.registering import register_once


@dataclass(frozen=True)
class Rule:
    """`forget` takes away what is older than the moment it is told, a batch at a time; it returns how many rows it changed."""

    name: str
    label: str | Promise
    keep: timedelta
    forget: Callable[[datetime], int]


_rules: dict[str, Rule] = {}
Row = TypeVar("Row", bound=Model)


def oldest(rows: QuerySet[Row], at_most: int = 1_000) -> QuerySet[Row]:
    """So many of the rows, for `forget` to change or delete in one statement."""
    return rows.model._default_manager.filter(pk__in=list(rows.order_by("pk").values_list("pk", flat=True)[:at_most]))


def kept_for(
    name: str, *, label: str | Promise, keep: timedelta
) -> Callable[[Callable[[datetime], int]], Callable[[datetime], int]]:
    """Register the function that forgets what is older."""

    def register(forget: Callable[[datetime], int]) -> Callable[[datetime], int]:
        register_once(_rules, name, Rule(name, label, keep, forget), what="rule")
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
