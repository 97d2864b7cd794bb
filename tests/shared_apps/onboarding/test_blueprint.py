"""What a region gives to others: loaded once, applied section by section, taken from a live region, never changed."""

from __future__ import annotations

import json
import threading
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from shared_apps.onboarding.errors import BlueprintChanged, BlueprintNamesPeople, BlueprintUnreadable, NotLive
from shared_apps.onboarding.models import Blueprint, BlueprintUse, Service, State
from shared_apps.onboarding.services import blueprints, building
from shared_apps.onboarding.services.blueprints import (
    FOLDER,
    apply_blueprint,
    blueprint_for_new_regions,
    choose_for_new_regions,
    export_blueprint,
    load_blueprints,
)
from shared_apps.onboarding.services.building import build
from shared_apps.onboarding.services.deciding import retry
from tenants import hooks
from tenants.context import current_region, on_platform
from tenants.kernel.units import BaseUnit
from tenants.models import Region, RegionStatus
from tests.shared_apps.onboarding.test_building import approved


class Section:
    """A section as an app registers it: keeps what each region was given; fails as often as it is told to."""

    def __init__(self, *failures: Exception) -> None:
        self.given: list[tuple[str, Any]] = []
        self.failures = list(failures)
        self.exported: Any = {}

    def apply(self, data: Any) -> None:
        self.given.append((current_region().name, data))
        if self.failures:
            raise self.failures.pop()

    def export(self) -> Any:
        return {"region": current_region().name, **self.exported}


@pytest.fixture
def sections(monkeypatch: pytest.MonkeyPatch) -> dict[str, Section]:
    """Two apps are installed: one for the catalogue, one for prices."""
    two = {"catalog": Section(), "pricing": Section()}
    monkeypatch.setattr(hooks, "sections", lambda: list(two.items()))
    return two


def test_kalidonis_first_version_is_whole() -> None:
    document = json.loads((FOLDER / "kalidoni-1.json").read_text(encoding="utf-8"))
    parts = document["sections"]
    products, categories = parts["catalog"]["products"], parts["catalog"]["categories"]
    assert (len(products), len(categories)) == (66, 15)
    assert (len(parts["waste"]["categories"]), len(parts["words"])) == (24, 58)
    assert {one["sku"] for one in products} == {f"SB-{n:03}" for n in range(1, 43)} | {
        f"FF-{n:03}" for n in range(1, 25)
    }
    assert {one["category"] for one in products} == {one["slug"] for one in categories}
    assert {one["base_unit"] for one in products} <= set(BaseUnit.values)
    packs = [pack for one in products for pack in one["packs"]]
    assert all(pack["base_quantity"] > 0 for pack in packs)
    assert Counter(pack["use"] for pack in packs) == {"sell": 105, "buy": 66}
    assert [service["code"] for service in parts["services"]] == Service.values
    assert parts["pricing"] == {"minimum_saving": 100, "minimum_percent": 0, "freshness_days": 30}
    assert "perkiraan" in document["provenance"]["prices"]
    blueprints._must_hold_nobody(parts)


@pytest.mark.usefixtures("platform")
def test_loading_again_changes_nothing_and_a_changed_file_is_refused(tmp_path: Path) -> None:
    said = StringIO()
    call_command("blueprint", "load", stdout=said)
    call_command("blueprint", "load", stdout=said)
    one = Blueprint.objects.get()
    assert (one.slug, one.version, one.by) == ("kalidoni", 1, "system:blueprints")
    assert f"kalidoni 1  {one.sha256[:12]}" in said.getvalue()
    document = {**one.document, "name": "Lain"}
    (tmp_path / "kalidoni-1.json").write_text(json.dumps(document))
    with pytest.raises(BlueprintChanged, match=r"kalidoni-1\.json"):
        load_blueprints(tmp_path)
    assert Blueprint.objects.get().name == "Kalidoni"


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 2}', "\x00", '{"format": 1, "name": "A"}'])
def test_a_file_that_is_no_blueprint_is_named(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x-1.json").write_text(text)
    monkeypatch.setattr(blueprints.load_blueprints, "__defaults__", (tmp_path,))
    with pytest.raises(CommandError, match=r"x-1\.json"):
        call_command("blueprint", "load")
    assert not Blueprint.objects.exists()


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize("sql", ["UPDATE onboarding_blueprint SET name = 'Lain'", "DELETE FROM onboarding_blueprint"])
def test_the_database_refuses_to_change_a_version(sql: str) -> None:
    load_blueprints()
    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_building_applies_each_section_and_says_what_nobody_took(committed: None, sections: dict[str, Section]) -> None:
    with on_platform():
        registration = approved()
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.LIVE
        document = Blueprint.objects.get().document
        use = BlueprintUse.objects.select_related("blueprint").get(region=registration.region)
        step = registration.build_steps.get(name="blueprint")
    assert (use.applied, use.blueprint.version) == (["catalog", "pricing"], 1)
    assert sorted(use.not_applied) == ["roles", "services", "texts", "waste", "words"]
    assert use.applied_at is not None
    assert (step.done, step.total) == (2, 2)
    for name in sections:
        assert sections[name].given == [("Lombok Raya", document["sections"][name])]


def test_a_section_that_failed_is_taken_up_again_in_the_same_version(
    committed: None, sections: dict[str, Section], monkeypatch: pytest.MonkeyPatch
) -> None:
    sections["pricing"].failures = [RuntimeError("no room")]
    with on_platform():
        registration = approved()
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.FAILED
        assert "no room" in registration.build_steps.get(name="blueprint").message
        assert BlueprintUse.objects.get().applied == ["catalog"]
        # Meanwhile an operator chooses another version for new regions.
        first = Blueprint.objects.get()
        other = Blueprint.objects.create(
            slug="lain", version=1, name="Lain", document=first.document, sha256=first.sha256, by="operator:test"
        )
        choose_for_new_regions(blueprint=other, by="operator:test")
        assert blueprint_for_new_regions() == other
        retry(registration=registration, by="operator:test")
        build(registration.pk)
        registration.refresh_from_db()
        assert registration.state == State.LIVE
        assert BlueprintUse.objects.get().blueprint == first
    assert len(sections["catalog"].given) == 1
    assert len(sections["pricing"].given) == 2


@pytest.mark.usefixtures("platform")
def test_a_live_region_gives_the_next_version(kalidoni: Region, lombok: Region, sections: dict[str, Section]) -> None:
    load_blueprints()
    apply_blueprint(region=kalidoni)
    second = export_blueprint(region=kalidoni, by="operator:test", name="Kalidoni")
    assert (second.slug, second.version, second.region) == ("kalidoni", 2, kalidoni)
    parts = second.document["sections"]
    assert parts["catalog"] == {"region": "Kalidoni"}
    assert len(parts["waste"]["categories"]) == 24
    assert second.document["provenance"]["copied_from"] == "kalidoni 1"
    assert "waste" in second.document["provenance"]["handed_on"]
    assert "perkiraan" in second.document["provenance"]["earlier"]["prices"]
    assert second.sha256 == blueprints.digest_of(second.document)
    assert export_blueprint(region=kalidoni, by="operator:test", name=" kalidoni ") == second
    sections["pricing"].exported = {"freshness_days": 7}
    assert export_blueprint(region=kalidoni, by="operator:test", name="Kalidoni").version == 3
    assert blueprint_for_new_regions().version == 1
    apart = export_blueprint(region=lombok, by="operator:test", name="Pasar Lombok")
    assert (apart.slug, apart.version, sorted(apart.document["sections"])) == (
        "pasar-lombok",
        1,
        ["catalog", "pricing"],
    )


@pytest.mark.usefixtures("platform")
@pytest.mark.parametrize(
    "text", ["Tulis ke yuli@example.test", "WA 0812-3456-7890", "+62 812 3456 789", "telepon 081234567890."]
)
def test_a_blueprint_never_holds_a_persons_contact(text: str, kalidoni: Region, sections: dict[str, Section]) -> None:
    sections["catalog"].exported = {"products": [{"name": text}]}
    with pytest.raises(BlueprintNamesPeople, match="catalog"):
        export_blueprint(region=kalidoni, by="operator:test", name="Kalidoni")
    assert not Blueprint.objects.exists()


@pytest.mark.usefixtures("platform")
def test_only_an_open_region_gives_and_only_under_a_name(kalidoni: Region, sections: dict[str, Section]) -> None:
    with pytest.raises(BlueprintUnreadable):
        export_blueprint(region=kalidoni, by="operator:test", name="!!!")
    kalidoni.status = RegionStatus.SUSPENDED
    with pytest.raises(NotLive):
        export_blueprint(region=kalidoni, by="operator:test", name="Kalidoni")
    assert not Blueprint.objects.exists()


def test_two_operators_at_once_make_two_versions(
    committed: None, kalidoni: Region, lombok: Region, sections: dict[str, Section]
) -> None:
    start, made = threading.Barrier(2), list[int]()

    def export(region: Region) -> None:
        try:
            with on_platform():
                connection.ensure_connection()
                start.wait()
                made.append(export_blueprint(region=region, by="operator:test", name="Pasar").version)
        finally:
            connection.close()

    threads = [threading.Thread(target=export, args=(region,)) for region in (kalidoni, lombok)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [1, 2]


def test_the_step_stands_after_the_tables_and_before_the_apps_own() -> None:
    names = [part.name for part in building.plan()]
    assert names[:3] == ["schema", "register", "blueprint"]
    assert names[-2:] == ["check", "open"]
