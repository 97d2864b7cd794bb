"""Files of a region lie in the region's own folder, which its backup and its restore take along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils._os import safe_join
from django.utils.deconstruct import deconstructible

from tenants.context import current_region


@deconstructible(path="tenants.files.RegionStorage")
class RegionStorage(FileSystemStorage):
    """Names are relative to MEDIA_ROOT/regions/<schema> of the bound region; no address serves them but a view that may.

    Raises:  SuspiciousFileOperation for a name that leads out of the folder; LookupError where no region is bound.
    """

    def path(self, name: str) -> str:
        folder = Path(settings.MEDIA_ROOT) / "regions" / current_region().schema_name
        return safe_join(str(folder), name)

    def _save(self, name: str, content: Any) -> str:
        # The parent tells the name from MEDIA_ROOT on, under which `path` would look in a folder within the folder.
        stored = Path(settings.MEDIA_ROOT) / super()._save(name, content)  # type: ignore[misc]
        inside: str = stored.relative_to(self.path("")).as_posix()
        return inside

    def url(self, name: str | None) -> str:
        raise NotImplementedError("a view serves files of a region, to those who may see them")
