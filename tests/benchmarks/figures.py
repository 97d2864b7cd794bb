"""Medians and spreads, and the lines that a report is made of."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Sample:
    """Measured values of one kind, in seconds unless said otherwise."""

    values: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    def __str__(self) -> str:
        if len(self.values) == 1:
            return duration(self.median)
        return f"{duration(self.median)} ({duration(min(self.values))} to {duration(max(self.values))}, n={len(self.values)})"


def duration(seconds: float) -> str:
    """A time as people read it: 1.52 s, 8.3 ms, 45 µs."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds / size < 1_000 else f"{seconds / size:,.0f} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def megabytes(size: float) -> str:
    """A size as people read it."""
    if size < 2**20:
        return f"{size / 2**10:,.0f} kB"
    return f"{size / 2**20:,.1f} MB" if size < 10 * 2**30 else f"{size / 2**30:,.1f} GB"


def times(ratio: float) -> str:
    return f"{ratio:,.0f}×" if ratio >= 10 else f"{ratio:.2f}×"


@dataclass(frozen=True)
class Line:
    """One thing compared. `passed` is None where no bar is set."""

    what: str
    ours: str
    theirs: str = ""
    ratio: str = ""
    bar: str = ""
    passed: bool | None = None

    @property
    def verdict(self) -> str:
        return "" if self.passed is None else "pass" if self.passed else "MISSED"


@dataclass
class Section:
    """One benchmark."""

    title: str
    method: str
    against: str = "stock"
    side: str = "WARSA"
    lines: list[Line] = field(default_factory=list)


def faster(what: str, ours: Sample, theirs: Sample, at_least: float | None = None) -> Line:
    """How many times as long theirs takes as ours, by medians."""
    ratio = theirs.median / ours.median
    bar = f"≥ {at_least:,.0f}×" if at_least else ""
    return Line(what, str(ours), str(theirs), times(ratio), bar, ratio >= at_least if at_least else None)


def within(what: str, ours: Sample, at_most: float) -> Line:
    """Whether our median stays below so many seconds."""
    return Line(what, str(ours), "", "", f"≤ {duration(at_most)}", ours.median <= at_most)


def not_yet(what: str, why: str) -> Line:
    return Line(what, f"not yet: {why}")
