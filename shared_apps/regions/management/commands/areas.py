"""The official areas from the command line: load, status, diff, apply, correct."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shared_apps.regions import services, source
from shared_apps.regions.models import ChangeKind
from shared_apps.regions.planning import Trace, UpdatePlan
from tenants.kernel import clock
from tenants.kernel.errors import DomainError


def _trace(text: str) -> Trace:
    """kind:old:new[:note], as in split:16.71.10.1002:16.71.10.1006:Perda 3/2027."""
    kind, old, new, *note = text.split(":", 3) if text.count(":") >= 2 else ("", "", "")
    if kind not in ChangeKind.values:
        raise ValueError(text)
    return Trace(ChangeKind(kind), old, new, note[0] if note else "")


class Command(BaseCommand):
    """`warsa areas …`."""

    help = "Load the official areas of Indonesia, or review and apply an update of them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Each step of the work is a word of its own."""
        steps = parser.add_subparsers(dest="step", required=True)
        steps.add_parser("load", help="Load the areas of the installed package. Safe to repeat.")
        steps.add_parser("status", help="Say which areas are here and where they come from.")
        for name, text in (
            ("diff", "Show what the installed package and our corrections would change."),
            ("apply", "Apply what diff shows. Areas that vanish are retired, never deleted."),
        ):
            step = steps.add_parser(name, help=text)
            step.add_argument(
                "--trace",
                action="append",
                default=[],
                type=_trace,
                metavar="KIND:OLD:NEW[:NOTE]",
                help="Say what the lists cannot, as in split:16.71.10.1002:16.71.10.1006",
            )
        step.add_argument("--yes", action="store_true", help="Without it, nothing is written.")
        correct = steps.add_parser("correct", help="Note how people write a name. Takes effect with apply.")
        correct.add_argument("code")
        correct.add_argument("name")
        correct.add_argument("--citation", required=True, help="Where this spelling is seen, with its date.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run one step; a refusal ends it with its message."""
        try:
            getattr(self, f"_{options['step']}")(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def _load(self, options: dict[str, Any]) -> None:
        services.load_areas()
        self._status(options)

    def _status(self, options: dict[str, Any]) -> None:
        present = services.current_source()
        if present is None:
            self.stdout.write("No areas yet. Load them with: warsa areas load")
            return
        counts = " / ".join(f"{number:,}" for number in present.counts.values())
        self.stdout.write(f"{present}, {present.licence}: {counts} areas")

    def _diff(self, options: dict[str, Any]) -> None:
        self._show(services.plan_update(traces=options["trace"]))

    def _apply(self, options: dict[str, Any]) -> None:
        plan = services.plan_update(traces=options["trace"])
        self._show(plan)
        if not options["yes"]:
            raise CommandError("Nothing is written. Read the list above, then repeat with --yes.")
        services.apply_update(plan)
        self._status(options)

    def _correct(self, options: dict[str, Any]) -> None:
        row = source.read_release().by_code.get(options["code"])
        if row is None:
            raise CommandError(f"The source has no area with the code {options['code']}.")
        source.add_correction(
            source.Correction(
                code=row.code,
                source_name=row.source_name,
                name=options["name"],
                noted_on=clock.today(),
                citation=options["citation"],
            )
        )
        self.stdout.write(
            f"{row.code} {row.source_name} is written {options['name']}. Apply with: warsa areas apply --yes"
        )

    def _show(self, plan: UpdatePlan) -> None:
        for line in plan.lines():
            self.stdout.write(line)
        if plan.is_empty:
            self.stdout.write("Nothing changes.")
        for one in source.stale_corrections(plan.release):
            self.stdout.write(
                f"look at  {one.code}: our spelling {one.name} is for {one.source_name}, which the source no longer has"
            )
