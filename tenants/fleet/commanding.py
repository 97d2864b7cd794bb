"""A management command in every open region.

In threads of one process: a new Python for each region would take a second before the command begins, two hours for all of
Indonesia. So the command must keep nothing in globals; one that ends the process is counted as failed.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.management import call_command, get_commands

from tenants.context import in_region, on_platform
from tenants.fleet import selectors
from tenants.fleet.applying import told
from tenants.fleet.crew import Piece, Tally, Work, work_through
from tenants.fleet.errors import FleetError
from tenants.fleet.life import STOPPED_BY_PERSON, Pulse, begin_run, end_run
from tenants.fleet.models import FleetRun, FleetTask
from tenants.fleet.planning import plan_for_open_regions
from tenants.fleet.progress import Progress
from tenants.kernel import clock
from tenants.models import Region

# The end of what a command printed, in characters.
OUTPUT_KEPT = 2000


@dataclass(frozen=True)
class Ran:
    """How often the command went well, and the regions where it did not."""

    run: FleetRun
    done: int
    failed: int


def run_command(command: list[str], progress: Progress, *, hands: int, resume: int | None = None) -> Ran:
    """The command has run once in every READY region, bound to it with its role; what it printed is kept per region.

    `resume` goes on with the regions that a cut-off run with the same command had not reached; the one that it was in runs again.
    Called on the platform, outside a transaction. Raises:  FleetError for an unknown command or run.
    """
    if command[0] not in get_commands():
        raise FleetError(f"there is no command {command[0]!r}")
    if resume is None:
        run = plan_for_open_regions(FleetRun.Kind.COMMAND, command=command)
    else:
        found = FleetRun.objects.filter(pk=resume, kind=FleetRun.Kind.COMMAND, ended_at=None, command=command).first()
        if found is None:
            raise FleetError(f"run {resume} is not an unfinished run of {' '.join(command)!r}")
        run = found
    begin_run(run)
    pieces = selectors.pending_pieces(run)
    progress.say(f"Run {run.pk}: {' '.join(command)} in {len(pieces):,} regions.")
    progress.begin(command[0])
    pulse = Pulse(run)

    def tick(tally: Tally) -> bool:
        goes_on = pulse.beat()
        progress.show(tally)
        return goes_on

    @contextmanager
    def hand() -> Iterator[Work]:
        yield lambda piece: _in_one(piece, command)

    if pieces:
        progress.show(work_through(pieces, hands=hands, make_hand=hand, tick=tick), last=True)
    left = FleetTask.objects.filter(run=run, state=FleetTask.State.PENDING).exists()
    end_run(run, *((FleetRun.State.STOPPED, STOPPED_BY_PERSON) if left else ()))
    run.refresh_from_db()
    sums = selectors.run_with_sums(run).whole
    return Ran(run, sums.done, sums.failed)


def _in_one(piece: Piece, command: list[str]) -> bool:
    began, error, printed = time.monotonic(), "", io.StringIO()
    with on_platform():
        region = Region.objects.get(pk=piece.region)
    try:
        with in_region(region):
            call_command(*command, stdout=printed, stderr=printed, no_color=True)
    except SystemExit as ended:
        error = f"ended with exit code {ended.code}" if ended.code not in (None, 0) else ""
    except Exception as failure:
        error = told(failure)
    with on_platform():
        FleetTask.objects.filter(pk=piece.task).update(
            state=FleetTask.State.FAILED if error else FleetTask.State.DONE,
            attempts=1,
            error=error,
            output=printed.getvalue()[-OUTPUT_KEPT:].replace("\x00", ""),
            seconds=time.monotonic() - began,
            ended_at=clock.now(),
        )
    return not error
