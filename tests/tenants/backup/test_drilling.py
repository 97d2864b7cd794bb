"""Where a trial of restoring puts its archive."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from tenants.backup import drilling
from tenants.backup.errors import BackupError
from tenants.models import Region


def test_the_archive_lies_on_the_disk_of_archives_and_goes_again(
    kalidoni: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, seen = Path(settings.ARCHIVES_ROOT), list[Path]()
    killed = root / "warsa-drill-killed"
    killed.mkdir(parents=True)
    (killed / "drill.warsa").write_bytes(b"half")
    os.utime(killed, (0, 0))

    def export(*, region: Region, path: Path) -> None:
        seen.append(path)
        raise BackupError("full")

    monkeypatch.setattr(drilling, "export_region", export)
    with pytest.raises(BackupError):
        drilling.drill(kalidoni)
    assert [path.is_relative_to(root) for path in seen] == [True]
    assert list(root.glob("warsa-drill-*")) == []
