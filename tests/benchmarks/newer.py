"""The next release: the catalog's migrations and some more, each of which adds one field."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.benchmarks.ground import ROOT

APP = ROOT / "tenant_apps" / "catalog" / "migrations"
ONE_MORE = """from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "{before}")]
    operations = [
        migrations.AddField("product", "bench_note_{number}", models.CharField(max_length=40, null=True)),
    ]
"""


def write_newer(folder: Path, number: int) -> str:
    """A package `bench_newer_<number>` in the folder, with `number` migrations more than the code. Returns its name."""
    name = f"bench_newer_{number}"
    package = folder / name
    shutil.copytree(APP, package, ignore=shutil.ignore_patterns("__pycache__"))
    before = max(path.stem for path in APP.glob("0*.py"))
    for one in range(1, number + 1):
        this = f"9{one:03}_bench_note_{one}"
        (package / f"{this}.py").write_text(ONE_MORE.format(before=before, number=one))
        before = this
    return name
