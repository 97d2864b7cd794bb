"""A region that another installation has taken in is dropped here, and its address tells where it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tenants.backup.errors import ArchiveUnfit
from tenants.backup.exporting import export_region
from tenants.context import in_region, on_platform
from tenants.lifecycle.departing import clean_forward, hand_over
from tenants.lifecycle.errors import HostRefused, NotInThisState
from tenants.lifecycle.models import RegionEvent
from tenants.models import Region, RegionStatus
from tenants.provisioning import schema_exists
from tests.cast import person
from tests.tenants.backup.conftest import plaju
from tests.tenants.backup.plaju import SLUG

__all__ = ["plaju"]

THERE = "https://plaju.pasar.example.org/"


def left(region: Region, archive: Path, forward: str = THERE) -> None:
    hand_over(
        region=region, by="command:uji", reason="Pindah", forward=forward, typed_slug=SLUG, archive=archive, drain_s=0
    )


def test_its_address_tells_where_it_is(plaju: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "plaju.warsa"
    export_region(region=plaju, path=archive)
    with in_region(plaju):
        person("Rini")
    with pytest.raises(ArchiveUnfit):
        left(plaju, archive)
    with on_platform():
        plaju.refresh_from_db()
    assert (plaju.status, plaju.moved_to) == (RegionStatus.READY, "")
    with pytest.raises(HostRefused):
        left(plaju, archive, f"https://{SLUG}.localhost/")
    fresh = tmp_path / "now.warsa"
    export_region(region=plaju, path=fresh)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    # Killed after the drop: the page is there, and the next call writes what is missing.
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("tenants.lifecycle.departing.tell_gone", die)
        left(plaju, fresh)
    monkeypatch.setattr("tenants.backup.restoring.DRAIN_S", 0.0)
    for _ in range(2):
        call_command(
            "region", "hand-over", SLUG, str(fresh), "--to", THERE, "--by", "uji", "--reason", "Pindah", "--type-slug", SLUG
        )  # fmt: skip
    answer = Client(headers={"host": f"{SLUG}.localhost"}).get("/")
    assert (answer.status_code, f'href="{THERE}"' in answer.content.decode()) == (410, True)
    with on_platform():
        plaju.refresh_from_db()
        assert not schema_exists(plaju)
        assert RegionEvent.objects.filter(region=plaju, move="move_away").count() == 1
    with pytest.raises(NotInThisState):
        left(plaju, fresh, "https://lain.example.org/")
    with pytest.raises(CommandError):
        call_command(
            "region", "hand-over", SLUG, str(fresh), "--to", "http://x", "--by", "uji", "--reason", "x", "--type-slug", SLUG
        )  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plaju.example.org",
        "http://plaju.example.org",
        "https://",
        "javascript:alert(1)",
        "https://a b/",
        "https://" + "a" * 300 + ".org",
        "https://u:p@example.org/",
    ],
)
def test_only_a_whole_secure_address_is_a_forward(text: str) -> None:
    with pytest.raises(HostRefused):
        clean_forward(text)
