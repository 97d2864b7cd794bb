"""What the platform knows of itself as a whole, measured by one process for all (`warsa metrics`).

An app registers what it knows in its `facts.py`, imported by its AppConfig.ready:

    @facts("billing")
    def billing_facts() -> Iterable[Fact]:
        yield Fact("warsa_subscriptions", "Subscriptions by state.", 12, {"state": "active"})

It is called on the platform, reads `public` and opens no region's schema. Labels come from closed sets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tenants.context import on_platform
from tenants.kernel.registering import register_once

log = logging.getLogger(__name__)

# More from one app means a label that grows with the fleet.
MOST_FACTS = 100


@dataclass(frozen=True)
class Fact:
    name: str
    help: str
    value: float
    labels: dict[str, str] = field(default_factory=dict)


Measure = Callable[[], Iterable[Fact]]
_measures: dict[str, Measure] = {}


def facts(name: str) -> Callable[[Measure], Measure]:
    """Register a measurement under a name of its own."""

    def register(measure: Measure) -> Measure:
        register_once(_measures, name, measure, what="facts")
        return measure

    return register


@dataclass(eq=False)
class Snapshot(Collector):
    """What was last measured. Asking for it costs no query, however often it is asked for."""

    facts: list[Fact] = field(default_factory=list)
    failed: dict[str, bool] = field(default_factory=dict)
    measured_at: float = 0.0

    def measure(self) -> None:
        """Everything is measured now. What fails, or has grown beyond bounds, is told as failed and keeps nothing else away."""
        found: list[Fact] = []
        failed: dict[str, bool] = {}
        for name, measure in list(_measures.items()):
            try:
                with on_platform():
                    own = list(measure())
                if len(own) > MOST_FACTS:
                    raise OverflowError(f"{len(own)} facts")
            except Exception as failure:
                log.warning("facts %s were not measured (%s)", name, type(failure).__name__)
                failed[name] = True
                connection.close()
            else:
                failed[name] = False
                found += own
        self.facts, self.failed, self.measured_at = found, failed, time.time()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        told = [
            *self.facts,
            Fact("warsa_facts_measured_at_seconds", "When the facts were last measured.", self.measured_at),
            *(
                Fact("warsa_facts_failed", "Whether these facts could not be measured.", wrong, {"facts": name})
                for name, wrong in self.failed.items()
            ),
        ]
        for fact in told:
            if fact.name not in families:
                families[fact.name] = GaugeMetricFamily(fact.name, fact.help, labels=list(fact.labels))
            families[fact.name].add_metric(list(fact.labels.values()), fact.value)
        yield from families.values()
