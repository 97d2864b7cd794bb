"""The code of a later release: an app's migrations with one more at the end, and processes that run this code.

`python -m tests.tenants.fleet.future FOLDER PACKAGE fleet migrate …` is the `warsa` command of that release.
"""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

APP, MIGRATIONS = "catalog", "tenant_apps.catalog.migrations"
ROOT = Path(__file__).resolve().parents[3]
ADD_NOTE = 'migrations.AddField("category", "note", models.CharField(max_length=40, null=True)),'
_MIGRATION = """
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
{before}

class Migration(migrations.Migration):
    dependencies = [("{app}", "{last}")]
    {extra}
    operations = [{operations}]
"""


@dataclass(frozen=True)
class Release:
    """Where the later code lies. `migration` is the name of what it adds."""

    folder: Path
    package: str
    migration: str

    def start(self, log: Path, *command: str) -> subprocess.Popen[bytes]:
        """A process of this release, on the test's database, in a group of its own."""
        from django.db import connection

        url = urlsplit(os.environ["WARSA_DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
        with log.open("ab") as out:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.tenants.fleet.future", str(self.folder), self.package, *command],
                cwd=ROOT,
                env={**os.environ, "WARSA_DATABASE_URL": url, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
                stdout=out,
                stderr=subprocess.STDOUT,
                process_group=0,
            )


@contextmanager
def later_release(
    folder: Path,
    operations: str = ADD_NOTE,
    *,
    before: str = "",
    extra: str = "",
    app: str = APP,
    module: str = MIGRATIONS,
) -> Iterator[Release]:
    """Inside the block this process runs the later code; its models are those of today."""
    from django.test import override_settings

    from tenants.schemas.release import forget_version

    package, name = f"later_{uuid.uuid4().hex[:8]}", f"later_{uuid.uuid4().hex[:8]}"
    own = Path(importlib.import_module(module).__path__[0])
    shutil.copytree(own, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    last = max(path.stem for path in own.glob("0*.py"))
    text = _MIGRATION.format(app=app, last=last, operations=operations, before=before, extra=extra)
    (folder / package / f"{name}.py").write_text(text)
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        with override_settings(MIGRATION_MODULES={app: package}):
            forget_version()
            yield Release(folder, package, name)
    finally:
        sys.path.remove(str(folder))
        forget_version()


def main() -> None:
    folder, package = sys.argv[1:3]
    del sys.argv[1:3]
    sys.path.insert(0, folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "warsa.settings")
    from django.conf import settings

    settings.MIGRATION_MODULES = {APP: package}
    from warsa.cli import main as warsa

    warsa()


if __name__ == "__main__":
    main()
