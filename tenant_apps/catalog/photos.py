"""Photos of products: every upload is drawn anew in two sizes, without what cameras write into files.

A photo's name is products/<public id>/<version>-640.webp; the smaller size lies beside it. The version is made of the
picture, so an address shows one picture for ever and browsers may keep it.
"""

from __future__ import annotations

import re
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tenant_apps.catalog.models import Product
from tenants.files import RegionStorage
from tenants.pictures import SIZES, forget, keep, sized

_NAME = re.compile(r"products/[0-9a-f-]{36}/([0-9a-f]{16})-640\.webp")


def set_photo(*, product: Product, upload: UploadedFile[Any]) -> None:
    """The product shows this picture, in both sizes; the one before is gone.

    Raises:  BadPhoto.
    Writes:  two files of the region, the product.
    """
    storage, before = RegionStorage(), product.photo.name
    product.photo.name = keep(storage, f"products/{product.public_id}", upload)
    product.save(update_fields=["photo"])
    if before and before != product.photo.name:
        transaction.on_commit(lambda: forget(storage, before))


def remove_photo(*, product: Product) -> None:
    """The product shows no picture any more."""
    storage, before = RegionStorage(), product.photo.name
    product.photo.name = ""
    product.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: forget(storage, before))


def version_of(product: Product) -> str:
    """The version of the product's picture; empty where it has none."""
    found = _NAME.fullmatch(product.photo.name or "")
    return found[1] if found else ""


def open_photo(product: Product, size: int) -> IO[bytes] | None:
    """The product's picture in one of SIZES; None where it has none."""
    name = product.photo.name
    if not name or size not in SIZES:
        return None
    storage, wanted = RegionStorage(), sized(name, size)
    return storage.open(wanted) if storage.exists(wanted) else None
