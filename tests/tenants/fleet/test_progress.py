"""What an operator sees: a bar on a terminal, lines in a log, nothing when told to be quiet."""

from __future__ import annotations

import io
import time
from contextlib import nullcontext

import pytest

from tenants.fleet.crew import Again, Piece, Tally, work_through
from tenants.fleet.progress import Progress, duration


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def halfway() -> Tally:
    return Tally(total=1000, done=500, failed=2, waiting=1, began=time.monotonic() - 10)


def test_a_bar_with_rate_and_time_left_on_a_terminal() -> None:
    out = Terminal()
    progress = Progress(out)
    progress.begin("All others")
    progress.show(halfway())
    progress.say("Below it.")
    assert (
        "\rAll others [############............] 502 of 1,000 (50 %), 50/s, 10 s left, 2 failed, 1 waiting"
        in out.getvalue()
    )
    assert out.getvalue().endswith("\x1b[K\nBelow it.\n")


def test_a_log_gets_few_lines() -> None:
    out = io.StringIO()
    progress = Progress(out)
    progress.begin("All others")
    for _ in range(50):
        progress.show(halfway())
    assert out.getvalue() == ""
    progress.show(halfway(), last=True)
    assert out.getvalue().count("\n") == 1 and "\r" not in out.getvalue()
    silent = io.StringIO()
    quiet = Progress(silent, quiet=True)
    quiet.say("x")
    quiet.show(halfway(), last=True)
    assert silent.getvalue() == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "?"), (0.2, "0 s"), (90, "1 min 30 s"), (3600, "1 h 0 min"), (7325, "2 h 2 min")]
)
def test_durations(seconds: float | None, text: str) -> None:
    assert duration(seconds) == text


def test_who_met_a_lock_comes_back_after_the_others(db: None) -> None:
    order: list[int] = []

    def work(piece: Piece) -> bool:
        order.append(piece.task)
        piece.attempts += 1
        if piece.task == 1 and piece.attempts < 3:
            raise Again(0.05)
        return piece.task != 2

    pieces = [Piece(number, number, "", "", "") for number in (1, 2, 3)]
    tally = work_through(pieces, hands=1, make_hand=lambda: nullcontext(work), tick=lambda _: True)
    assert order == [1, 2, 3, 1, 1]
    assert (tally.done, tally.failed, tally.waiting) == (2, 1, 0)


def test_a_hand_that_breaks_ends_the_wave(db: None) -> None:
    def work(piece: Piece) -> bool:
        raise MemoryError("no more")

    pieces = [Piece(number, number, "", "", "") for number in range(4)]
    with pytest.raises(MemoryError):
        work_through(pieces, hands=2, make_hand=lambda: nullcontext(work), tick=lambda _: True)
