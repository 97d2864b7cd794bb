"""Photos of products: every upload is drawn anew in two sizes, without what cameras write into files.

A photo's name is products/<public id>/<version>-640.webp; the smaller size lies beside it. The version is made of the
picture, so an address shows one picture for ever and browsers may keep it.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import warnings
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenant_apps.catalog.errors import BadPhoto
from tenant_apps.catalog.models import Product
from tenants.files import RegionStorage

SMALL, LARGE = 320, 640
SIZES = (SMALL, LARGE)
# What a good phone's camera makes; more would only fill memory.
MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 74
_NAME = re.compile(r"products/[0-9a-f-]{36}/([0-9a-f]{16})-640\.webp")


def set_photo(*, product: Product, upload: UploadedFile[Any]) -> None:
    """The product shows this picture, in both sizes; the one before is gone.

    Raises:  BadPhoto.
    Writes:  two files of the region, the product.
    """
    picture = _read(upload)
    drawn = {size: _draw(picture, size) for size in SIZES}
    version = hashlib.sha256(drawn[LARGE]).hexdigest()[:16]
    storage, before = RegionStorage(), product.photo.name
    names = {size: f"products/{product.public_id}/{version}-{size}.webp" for size in SIZES}
    for size, name in names.items():
        # The same picture again is the same file.
        if not storage.exists(name):
            storage.save(name, ContentFile(drawn[size]))
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


def _read(upload: UploadedFile[Any]) -> Image.Image:
    if (upload.size or 0) > MOST_BYTES:
        raise BadPhoto(_("That picture is too large. Take one of at most 8 MB."))
    refused = BadPhoto(_("That is no picture that we can show. Choose a JPEG, PNG or WebP."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=FORMATS)
            # Known from the head of the file, before anything is unpacked.
            if picture.width * picture.height > MOST_PIXELS:
                raise BadPhoto(_("That picture is too large. Take one of at most 50 megapixels."))
            picture.draft("RGB", (LARGE * 2, LARGE * 2))
            upright = ImageOps.exif_transpose(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, TypeError, struct.error) as broken:
        raise refused from broken
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise BadPhoto(_("That picture is too large. Take one of at most 50 megapixels.")) from bomb
    # What is see-through lies on white, as on paper.
    if upright.mode in ("RGBA", "LA", "PA", "P"):
        layer = upright.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(paper, layer).convert("RGB")
    return upright.convert("RGB")


def _draw(picture: Image.Image, size: int) -> bytes:
    copy = picture.copy()
    copy.thumbnail((size, size), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    copy.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()
