"""`warsa region …`: the doors that operators use."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tenants.backup import restoring
from tenants.context import in_region, on_platform
from tenants.models import Region
from tests.cast import person
from tests.tenants.backup.plaju import SLUG, contents, names


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is served from memory here: no need to wait for it."""
    for act in ("swap", "wipe"):
        assert getattr(restoring, act).__kwdefaults__["drain_s"] == restoring.DRAIN_S
        monkeypatch.setitem(getattr(restoring, act).__kwdefaults__, "drain_s", 0)


def warsa(*arguments: Any) -> str:
    out = StringIO()
    with on_platform():
        call_command("region", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_a_region_goes_back_and_forth_by_commands(plaju: Region, tmp_path: Path) -> None:
    path = tmp_path / "plaju.warsa"
    before = contents(plaju)
    assert "3 files; snapshot" in warsa("export", SLUG, path)
    assert "signature and every checksum are right" in warsa("inspect", path)
    assert '"slug": "plaju"' in warsa("inspect", path, "--json")
    with in_region(plaju):
        person("Rini")
    told = warsa("restore", path)
    assert "identity_user: 0 only in the archive, 1 only in the region, 0 changed" in told
    assert "only in the region" in warsa("differences", SLUG, "--table", "identity_user")
    assert "restored for 0 days: Plaju" in warsa("list")
    assert "Swapped" in warsa("swap", SLUG)
    assert contents(plaju) == before
    assert "aside for 0 days: Plaju" in warsa("list")
    warsa("discard", SLUG, "--type-slug", SLUG)
    assert warsa("list") == ""
    warsa("wipe", SLUG, path, "--type-slug", SLUG)
    with pytest.raises(CommandError, match="its archive is all there is"):
        warsa("export", SLUG, tmp_path / "again.warsa")
    assert list(tmp_path.iterdir()) == [path]
    assert "Plaju is here" in warsa("import", path)
    with on_platform():
        back = Region.objects.get(name="Plaju")
    assert contents(back) == before


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (("export", "tiada", "FILE"), "There is no region 'tiada'"),
    (("inspect", "FILE"), "cannot be read as an archive"),
    (("inspect", "/"), "cannot be read as an archive"),
    (("restore", "FILE"), "cannot be read as an archive"),
    (("import", "FILE"), "cannot be read as an archive"),
    (("swap", SLUG), "has no side schema"),
    (("differences", SLUG), "has no side schema"),
    (("discard", SLUG, "--type-slug", SLUG), "has no side schema"),
    (("wipe", SLUG, "FILE", "--type-slug", "kalidoni"), "Type the region's slug"),
    (("export", SLUG, "/nowhere/at/all.warsa"), "No such file or directory"),
    (("inspect", "FILE", "--key-file", "/nowhere/key"), "No such file or directory"),
]


def test_bad_input_is_told_in_one_sentence(plaju: Region, tmp_path: Path) -> None:
    for arguments, told in REFUSED:
        given = [str(tmp_path / "none.warsa") if part == "FILE" else part for part in arguments]
        with pytest.raises(CommandError, match=told):
            warsa(*given)
    assert "Ratna" in names(plaju)
