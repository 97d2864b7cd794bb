"""A migration that old code could not live with, or that would hold a lock for long, is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenants.fleet import safety
from tests.tenants.fleet.fleets import fleet
from tests.tenants.fleet.future import ADD_NOTE, later_release

pytestmark = pytest.mark.usefixtures("committed")

# What a person might write, and what is said of it.
BAD = [
    (
        "NOT NULL without a default",
        'migrations.RunSQL("ALTER TABLE catalog_pack ADD COLUMN n text NOT NULL"),',
        "adding-required-field",
    ),
    (
        "a default that only Django knows",
        'migrations.AddField("category", "n", models.IntegerField(default=0)),',
        "ban-drop-default",
    ),
    ("DROP COLUMN", 'migrations.RemoveField("product", "market_price_hint"),', "ban-drop-column"),
    (
        "an index that blocks writers",
        'migrations.AddIndex("category", models.Index(fields=["name"], name="cat_name")),',
        "require-concurrent-index-creation",
    ),
    ("a renamed column", 'migrations.RenameField("product", "search", "words"),', "renaming-column"),
    ("a changed type", 'migrations.AlterField("category", "n", models.TextField()),', "changing-column-type"),
    (
        "a required column that was not",
        'migrations.AddField("category", "m", models.TextField(null=True)),'
        ' migrations.AlterField("category", "m", models.TextField()),',
        "adding-not-nullable-field",
    ),
    (
        "a check over all rows",
        'migrations.AddConstraint("category", models.CheckConstraint(condition=models.Q(slug__gt=""), name="c")),',
        "constraint-missing-not-valid",
    ),
    ("a renamed table", 'migrations.AlterModelTable("category", "catalog_shelf"),', "renaming-table"),
    ("a table that goes", 'migrations.RunSQL("DROP TABLE IF EXISTS catalog_gone"),', "ban-drop-table"),
]
GOOD = [
    (
        "columns that may be empty or have a default of the database, a new table with its indexes",
        ADD_NOTE + 'migrations.AddField("category", "n", models.IntegerField(default=0, db_default=0)),'
        'migrations.CreateModel("Shelf", [("id", models.BigAutoField(primary_key=True)),'
        ' ("name", models.CharField(max_length=9, db_index=True)),'
        ' ("category", models.ForeignKey("catalog.Category", models.CASCADE))]),',
        "",
    ),
    (
        "an index beside the traffic",
        'AddIndexConcurrently("category", models.Index(fields=["name"], name="cat_name")),',
        "atomic = False",
    ),
    (
        "a removal that says why nobody asks any more",
        'migrations.RemoveField("product", "market_price_hint"),',
        'contract = "no code has read it since 0.2"',
    ),
    (
        "a column for longer texts, which says so",
        'migrations.AlterField("category", "name", models.TextField()),',
        'widens = "varchar to text"',
    ),
]


def test_each_bad_habit_is_refused(tmp_path: Path) -> None:
    with later_release(tmp_path, "".join(operation for _case, operation, _rule in BAD)) as later:
        code, text = fleet("lint")
    said = {line.split(": ")[1] for line in text.splitlines() if line.startswith(f"catalog.{later.migration}: ")}
    assert code == 1
    assert {case: rule in said for case, _operation, rule in BAD} == {case: True for case, _operation, _rule in BAD}, (
        text
    )


@pytest.mark.parametrize(("case", "operations", "extra"), GOOD, ids=[case for case, _, _ in GOOD])
def test_it_may_ship(tmp_path: Path, case: str, operations: str, extra: str) -> None:
    with later_release(tmp_path, operations, extra=extra):
        code, text = fleet("lint")
    assert [line for line in text.splitlines() if "later_" in line] == [] and code == 0, text


def test_the_platforms_own_tables_are_judged_too(tmp_path: Path) -> None:
    operations = 'migrations.RemoveField("registration", "institution"),'
    with later_release(tmp_path, operations, app="onboarding", module="shared_apps.onboarding.migrations") as later:
        code, text = fleet("lint")
    assert code == 1 and f"onboarding.{later.migration}: ban-drop-column" in text, text


def test_what_has_shipped_is_not_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = safety.BASELINE.read_text().split()
    monkeypatch.setattr(safety, "BASELINE", tmp_path / "baseline.txt")
    safety.BASELINE.write_text("\n".join(name for name in names if name != "identity.0002_session_epoch"))
    code, text = fleet("lint")
    assert code == 1 and "identity.0002_session_epoch: ban-drop-default" in text
    assert fleet("lint", "--accept")[0] == 0
    assert fleet("lint") == (0, "")
    assert set(names) <= set(safety.BASELINE.read_text().split())
