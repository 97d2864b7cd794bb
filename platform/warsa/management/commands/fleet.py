"""`warsa fleet`: what is done to every region at once."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.context import on_platform
from tenants.fleet import safety, selectors
from tenants.fleet.applying import Patience
from tenants.fleet.commanding import run_command
from tenants.fleet.errors import FleetBusy, FleetError
from tenants.fleet.migrating import HANDS, STOP_SHARE, Wanted, migrate_fleet
from tenants.fleet.models import FleetRun
from tenants.fleet.progress import Progress, duration
from tenants.fleet.returning import take_back
from tenants.fleet.verifying import verify_fleet
from tenants.schemas import pool
from tenants.schemas.release import current_release, current_version

# Exit codes, for scripts. 2 is argparse's own.
FAILED, STOPPED, BUSY = 1, 3, 4
# Failures that are listed; the page shows all.
LISTED = 20


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError as bad:
        raise argparse.ArgumentTypeError(f"{text!r}: write a share from 0 to 1") from bad
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r}: write a share from 0 to 1")
    return share


def _number(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r}: write a whole number above 0")
    return int(text)


class Command(BaseCommand):
    """Migrate, compare, ask and command all regions. Exit codes: 0 all is well, 1 some regions failed or differ, 3 a run
    stopped because too many failed, 4 another process is at it."""

    help = "Migrate the regions, compare them with their release, run a command in each."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add: Callable[..., CommandParser] = lambda name, text: verbs.add_parser(name, help=text)  # noqa: E731
        migrate = add("migrate", "bring every region to the version of this code; goes on where a run was cut off")
        migrate.add_argument("--canary", metavar="SLUG", help="the region that goes first, alone")
        migrate.add_argument(
            "--region", metavar="SLUG", action="append", help="only this one; may be given several times"
        )
        migrate.add_argument("--hands", type=_number, default=HANDS, help=f"connections that work at once ({HANDS})")
        migrate.add_argument(
            "--stop-share", type=_share, default=STOP_SHARE, help=f"share of failures that stops the run ({STOP_SHARE})"
        )
        migrate.add_argument(
            "--lock-wait",
            type=_number,
            default=Patience().lock_wait_ms,
            metavar="MS",
            help=f"milliseconds that one attempt on a region may wait for locks, in all ({Patience().lock_wait_ms})",
        )
        migrate.add_argument(
            "--tries", type=_number, default=Patience().tries, help="attempts on a region that is locked"
        )
        migrate.add_argument("--retry-parked", action="store_true", help="take parked regions as well")
        status = add("status", "versions, parked regions, the pool and the last runs")
        status.add_argument(
            "--check", action="store_true", help="exit with 1 when a region is behind, parked or differs"
        )
        verify = add("verify", "compare every open region with its release")
        verify.add_argument("--hands", type=_number, default=HANDS)
        run = add("run", "run a management command in every open region")
        run.add_argument("--hands", type=_number, default=HANDS)
        run.add_argument("--resume", type=int, metavar="RUN", help="go on with a run that was cut off")
        run.add_argument("command", nargs=argparse.REMAINDER, help="the command and its arguments")
        rollback = add("rollback", "take one region back to the version before its last run, and park it there")
        rollback.add_argument("--region", metavar="SLUG", required=True)
        rollback.add_argument("--run", type=int, metavar="RUN", help="the run to take back")
        add("capture", "keep the SQL and the fingerprint of this code's version")
        pools = add("pool", "fill the pool of blank schemas and drop those that nobody will use")
        pools.add_argument("--no-fill", action="store_true", help="only drop")
        lint = add("lint", "check that new migrations let old and new code serve side by side")
        lint.add_argument("--accept", action="store_true", help="write every migration of today into the baseline")

    def handle(self, *args: Any, **options: Any) -> None:
        # Django would end every piece of a bar with a new line.
        self.stdout.ending = ""
        progress = Progress(self.stdout, quiet=options["verbosity"] == 0)
        act: Callable[[Progress, dict[str, Any]], int] = getattr(self, f"_{options['verb']}")
        try:
            with on_platform():
                code = act(progress, options)
        except FleetBusy as busy:
            _refuse(busy, BUSY)
        except FleetError as failure:
            _refuse(failure, FAILED)
        except KeyboardInterrupt:
            raise CommandError("Cut off; run the same command again to go on.", returncode=130) from None
        if code:
            raise SystemExit(code)

    def _migrate(self, progress: Progress, options: dict[str, Any]) -> int:
        named = selectors.region_named
        wanted = Wanted(
            hands=options["hands"],
            stop_share=options["stop_share"],
            canary=named(options["canary"]) if options["canary"] else None,
            only=[named(text) for text in options["region"]] if options["region"] else None,
            retry_parked=options["retry_parked"],
            patience=Patience(lock_wait_ms=options["lock_wait"], tries=options["tries"]),
        )
        outcome = migrate_fleet(wanted, progress)
        parked = f" {outcome.parked:,} parked." if outcome.parked else ""
        if outcome.run is None:
            who = "None of them is behind" if wanted.only else "Every region is at"
            progress.say(f"{who} {outcome.target}.{parked}")
            return 0
        self._list_failures(progress, outcome.run)
        progress.say(
            f"Run {outcome.run.pk}: {outcome.done:,} regions at {outcome.target}, {outcome.failed:,} failed.{parked}"
        )
        if outcome.stopped:
            return STOPPED
        return FAILED if outcome.failed else 0

    def _verify(self, progress: Progress, options: dict[str, Any]) -> int:
        verified = verify_fleet(progress, hands=options["hands"])
        if verified is None:  # only with a limit of time
            return FAILED
        for drift in selectors.drifts()[:LISTED]:
            progress.say(f"  {drift.region} ({drift.region.schema_name}): {drift.number} differences")
            for line in drift.differences[:3]:
                progress.say(f"    {line}")
        progress.say(f"Run {verified.run.pk}: {verified.same:,} as their release says, {verified.different:,} differ.")
        return FAILED if verified.different else 0

    def _run(self, progress: Progress, options: dict[str, Any]) -> int:
        command = [part for part in options["command"] if part != "--"]
        if not command:
            raise CommandError("name the command that is to run in each region", returncode=2)
        ran = run_command(command, progress, hands=options["hands"], resume=options["resume"])
        self._list_failures(progress, ran.run)
        progress.say(f"Run {ran.run.pk}: {ran.done:,} done, {ran.failed:,} failed.")
        return FAILED if ran.failed else 0

    def _rollback(self, progress: Progress, options: dict[str, Any]) -> int:
        back = take_back(selectors.region_named(options["region"]), options["run"])
        for name in back.migrations:
            progress.say(f"  {name} taken back")
        progress.say(
            f"{back.region} is at {back.to_version} again, as before run {back.run.pk}, and is parked there:"
            " `warsa fleet migrate --retry-parked --region …` takes it forward."
        )
        return 0

    def _status(self, progress: Progress, options: dict[str, Any]) -> int:
        target = current_version()
        now = selectors.standing(target)
        progress.say(f"This code is version {target}.")
        for version, status, number in selectors.versions():
            progress.say(f"  {number:>7,} {status:<10} {version}{' (this one)' if version == target else ''}")
        differing = selectors.drifts().count()
        progress.say(f"Behind {now.number:,}, parked {selectors.parked().count():,}, differing {differing:,}.")
        for one in selectors.parked()[:LISTED]:
            progress.say(f"  {one.region} ({one.region.schema_name}): {one.reason[:160]}")
        for version, state, number in selectors.pool_states():
            progress.say(f"Pool: {number:,} {state} at {version}")
        for kind in FleetRun.Kind.values:
            run = selectors.last_run(kind)
            if run is not None:
                row = selectors.run_with_sums(run)
                how = "cut off" if row.cut_off else run.state
                progress.say(
                    f"Last {kind}: run {run.pk}, {how}, {row.whole.done:,} done, {row.whole.failed:,} failed,"
                    f" {row.whole.pending:,} left, took {duration(row.seconds)}"
                )
        return FAILED if options["check"] and (now.number or now.parked or differing) else 0

    def _capture(self, progress: Progress, options: dict[str, Any]) -> int:
        release = current_release()
        slow = [f"{step['app']}.{step['name']}" for step in release.script if step["statements"] is None]
        progress.say(
            f"Version {release.version}: {len(release.script)} migrations, captured {release.captured_at:%Y-%m-%d %H:%M}."
        )
        if slow:
            progress.say(f"Run the Django way in each region: {', '.join(slow)}")
        return 0

    def _pool(self, progress: Progress, options: dict[str, Any]) -> int:
        dropped = pool.sweep()
        built = 0 if options["no_fill"] else pool.replenish()
        progress.say(f"Built {built}, dropped {dropped}, {pool.ready()} ready.")
        return 0

    def _lint(self, progress: Progress, options: dict[str, Any]) -> int:
        if options["accept"]:
            progress.say(f"{safety.accept_all()} migrations are in the baseline.")
            return 0
        faults = safety.faults()
        for fault in faults:
            progress.say(str(fault))
        return FAILED if faults else 0

    def _list_failures(self, progress: Progress, run: FleetRun) -> None:
        failures = selectors.failures_of(run)
        for task in failures[:LISTED]:
            progress.say(f"  {task.region} ({task.region.schema_name}): {task.error[:300]}")
        more = failures.count() - LISTED
        if more > 0:
            progress.say(f"  and {more:,} more, on the page of run {run.pk} in the operators' console")


def _refuse(failure: Exception, code: int) -> NoReturn:
    raise CommandError(str(failure), returncode=code) from failure
