"""Photos of products: every upload is drawn anew in two sizes, without what cameras write into files.

A photo's name is products/<public id>/<version>-640.webp; the smaller size lies beside it. The version is made of the
picture, so an address shows one picture for ever and browsers may keep it.
"""

from __future__ import annotations

import re
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tenant_apps.catalog.models import Product
from tenants.files import RegionStorage
from tenants.pictures import LARGE, SIZES, drawn
from tenants.pictures import version_of as version_of_picture

_NAME = re.compile(r"products/[0-9a-f-]{36}/([0-9a-f]{16})-640\.webp")


def set_photo(*, product: Product, upload: UploadedFile[Any]) -> None:
    """The product shows this picture, in both sizes; the one before is gone.

    Raises:  BadPhoto.
    Writes:  two files of the region, the product.
    """
    pictures = drawn(upload)
    version = version_of_picture(pictures)
    storage, before = RegionStorage(), product.photo.name
    names = {size: f"products/{product.public_id}/{version}-{size}.webp" for size in SIZES}
    for size, name in names.items():
        # The same picture again is the same file.
        if not storage.exists(name):
            storage.save(name, ContentFile(pictures[size]))
    product.photo.name = names[LARGE]
    product.save(update_fields=["photo"])
    if before and before != names[LARGE]:
        transaction.on_commit(lambda: _forget(before))


def remove_photo(*, product: Product) -> None:
    """The product shows no picture any more."""
    before = product.photo.name
    product.photo.name = ""
    product.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: _forget(before))


def version_of(product: Product) -> str:
    """The version of the product's picture; empty where it has none."""
    found = _NAME.fullmatch(product.photo.name or "")
    return found[1] if found else ""


def open_photo(product: Product, size: int) -> IO[bytes] | None:
    """The product's picture in one of SIZES; None where it has none."""
    name = product.photo.name
    if not name or size not in SIZES:
        return None
    storage, wanted = RegionStorage(), _sized(name, size)
    return storage.open(wanted) if storage.exists(wanted) else None


def _sized(name: str, size: int) -> str:
    return name.replace(f"-{LARGE}.webp", f"-{size}.webp")


def _forget(name: str) -> None:
    storage = RegionStorage()
    for size in SIZES:
        storage.delete(_sized(name, size))
