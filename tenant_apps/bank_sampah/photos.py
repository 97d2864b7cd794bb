"""Photos of waste types: every upload is drawn anew in two sizes, without what cameras write into files.

A photo's name is waste/<version>-640.webp; the smaller size lies beside it. The version is made of the picture, so an
address shows one picture for ever, browsers may keep it, and two types of one picture share its files.
"""

from __future__ import annotations

import re
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tenant_apps.bank_sampah.models import WasteType
from tenant_apps.bank_sampah.models.types import LARGE, TILE
from tenants.files import RegionStorage
from tenants.pictures import forget, keep

SIZES = (TILE, LARGE)
_VERSION = re.compile(r"[0-9a-f]{16}")


def set_photo(*, kind: WasteType, upload: UploadedFile[Any]) -> None:
    """The type shows this picture; the one before is gone.

    Raises:  BadPhoto.
    Writes:  two files of the region, the type.
    """
    before = kind.photo.name
    kind.photo.name = keep(RegionStorage(), "waste", upload, SIZES)
    kind.save(update_fields=["photo"])
    _forget_after(before, kind.photo.name)


def remove_photo(*, kind: WasteType) -> None:
    """The type shows no picture any more."""
    before = kind.photo.name
    kind.photo.name = ""
    kind.save(update_fields=["photo"])
    _forget_after(before, "")


def open_photo(version: str, size: int) -> IO[bytes] | None:
    """A picture that a type of the region shows, in one of SIZES; else None."""
    if size not in SIZES or not _VERSION.fullmatch(version):
        return None
    storage, wanted = RegionStorage(), _name(version, size)
    if not WasteType.objects.filter(photo=_name(version, LARGE)).exists() or not storage.exists(wanted):
        return None
    return storage.open(wanted)


def _name(version: str, size: int) -> str:
    return f"waste/{version}-{size}.webp"


def _forget_after(before: str | None, now: str) -> None:
    if before and before != now:
        transaction.on_commit(lambda: _forget(before))


def _forget(name: str) -> None:
    if WasteType.objects.filter(photo=name).exists():
        return
    forget(RegionStorage(), name, SIZES)
