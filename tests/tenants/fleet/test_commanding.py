"""A management command in every open region, with an answer from each."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction

from tenant_apps.catalog.models import Category
from tenants.context import current_region, on_platform
from tenants.fleet.models import FleetRun, FleetTask
from tenants.models import Region
from tests.tenants.fleet.fleets import build_fleet, fleet, sql, states


class Greet(BaseCommand):
    """Writes a row and says who it is; fails in the region that is named."""

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("word")
        parser.add_argument("--not-in", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        region = current_region()
        Category.objects.create(name=options["word"], slug="salam")
        if options["not_in"] == region.name:
            raise CommandError("not here")
        if options["not_in"] == "exit":
            raise SystemExit(7)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            self.stdout.write(f"{options['word']} from {region.name} as {cursor.fetchone()[0]}")


@pytest.fixture
def greet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenants.fleet.commanding.get_commands", lambda: {"greet": "tests"})
    monkeypatch.setattr("django.core.management.get_commands", lambda: {"greet": "tests", "fleet": "warsa"})
    load = __import__("django.core.management", fromlist=["x"]).load_command_class
    monkeypatch.setattr(
        "django.core.management.load_command_class",
        lambda app, name: Greet() if name == "greet" else load(app, name),
    )


def test_each_region_answers(committed: None, greet: None) -> None:
    regions = build_fleet(3)
    with on_platform():
        Region.objects.filter(pk=regions[2].pk).update(status="suspended")
    code, text = fleet("run", "greet", "salam", "--not-in", "Wilayah 001")
    assert (code, "1 done, 1 failed" in text, "CommandError: not here" in text) == (1, True, True), text
    with on_platform():
        answers = {task.region.name: task for task in FleetTask.objects.select_related("region")}
        assert FleetRun.objects.get().command == ["greet", "salam", "--not-in", "Wilayah 001"]
    assert set(answers) == {"Wilayah 000", "Wilayah 001"}
    # Bound to the region with its own role: no DDL, no other region.
    assert answers["Wilayah 000"].output == f"salam from Wilayah 000 as {regions[0].schema_name}\n"
    assert (answers["Wilayah 001"].state, answers["Wilayah 001"].error) == ("failed", "CommandError: not here")


def test_a_command_that_ends_the_process_ends_only_itself(committed: None, greet: None) -> None:
    build_fleet(2)
    code, text = fleet("run", "greet", "salam", "--not-in", "exit")
    assert (code, "ended with exit code 7" in text, states()) == (1, True, {"failed": 2})
    assert transaction.get_connection().in_atomic_block is False


def test_a_cut_off_run_goes_on_with_those_that_were_not_reached(committed: None, greet: None) -> None:
    regions = build_fleet(2)
    assert fleet("run", "greet", "salam")[0] == 0
    with on_platform():
        run = FleetRun.objects.get()
        FleetRun.objects.update(ended_at=None, state="running")
        FleetTask.objects.filter(region=regions[1]).update(state="pending", output="")
    sql(regions[1], "DELETE FROM catalog_category")
    assert fleet("run", "--resume", str(run.pk), "greet", "other")[0] == 1
    code, text = fleet("run", "--resume", str(run.pk), "greet", "salam")
    assert (code, "in 1 regions" in text, states()) == (0, True, {"done": 2})
    assert [sql(region, "SELECT name FROM catalog_category") for region in regions] == [[("salam",)]] * 2


def test_unknown_commands_are_refused(committed: None) -> None:
    assert fleet("run", "no_such_command") == (1, "there is no command 'no_such_command'")
    assert fleet("run")[0] == 2
    with on_platform():
        assert not FleetRun.objects.exists()
