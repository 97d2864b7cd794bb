"""What an operator sees while the fleet moves: a bar on a terminal, a line now and then in a log."""

from __future__ import annotations

import time
from typing import Protocol

from tenants.fleet.crew import Tally

WIDTH = 24
# A log gets a line at most this often.
LOG_SECONDS = 10.0


def duration(seconds: float | None) -> str:
    """90 -> "1 min 30 s"."""
    if seconds is None:
        return "?"
    whole = round(seconds)
    hours, minutes = divmod(whole // 60, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"


def rate(per_second: float) -> str:
    return f"{per_second:,.0f}/s" if per_second >= 10 else f"{per_second:.1f}/s"


class Out(Protocol):
    def write(self, text: str, /) -> object: ...

    def flush(self) -> None: ...


class Progress:
    """Shows one wave after another on `out`."""

    def __init__(self, out: Out, *, quiet: bool = False) -> None:
        self.out, self.quiet = out, quiet
        self.bar = not quiet and bool(getattr(out, "isatty", lambda: False)())
        self.title, self._shown_at, self._open = "", 0.0, False

    def say(self, text: str) -> None:
        """A line of its own, above the bar."""
        if self.quiet:
            return
        self._end_bar()
        self.out.write(text + "\n")
        self.out.flush()

    def begin(self, title: str) -> None:
        self.title, self._shown_at = title, time.monotonic()

    def show(self, tally: Tally, *, last: bool = False) -> None:
        if self.quiet:
            return
        if self.bar:
            filled = WIDTH * (tally.done + tally.failed) // max(tally.total, 1)
            self.out.write(f"\r{self.title} [{'#' * filled}{'.' * (WIDTH - filled)}] {self.words(tally)}\x1b[K")
            self._open = True
            if last:
                self._end_bar()
        elif last or time.monotonic() - self._shown_at >= LOG_SECONDS:
            self._shown_at = time.monotonic()
            self.out.write(f"{self.title}: {self.words(tally)}\n")
        self.out.flush()

    def words(self, tally: Tally) -> str:
        """412 of 1,000 (41 %), 950/s, 12 s left, 2 failed, 1 waits for a lock."""
        moved = tally.done + tally.failed
        share = 100 * moved // max(tally.total, 1)
        parts = [f"{moved:,} of {tally.total:,} ({share} %)", rate(tally.rate)]
        if moved < tally.total:
            parts.append(f"{duration(tally.seconds_left)} left")
        else:
            parts.append(f"took {duration(tally.seconds)}" if tally.seconds >= 1 else f"took {tally.seconds:.2f} s")
        if tally.failed:
            parts.append(f"{tally.failed:,} failed")
        if tally.waiting:
            parts.append(f"{tally.waiting:,} waiting for a lock")
        return ", ".join(parts)

    def _end_bar(self) -> None:
        if self._open:
            self.out.write("\n")
            self._open = False
