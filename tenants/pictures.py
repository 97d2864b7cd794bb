"""Pictures that people upload: each is drawn anew in two sizes, without what cameras write into files."""

from __future__ import annotations

import hashlib
import io
import struct
import warnings
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenants.kernel.errors import DomainError

SMALL, LARGE = 320, 640
SIZES = (SMALL, LARGE)
# What a good phone's camera makes; more would only fill memory.
MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
_QUALITY = 74


class BadPhoto(DomainError):
    """A file that is no picture, or a picture too large to be shown."""

    code = "bad_photo"
    status = 400


def drawn(upload: UploadedFile[Any], sizes: tuple[int, ...] = SIZES) -> dict[int, bytes]:
    """The picture as WebP, by size: pixels of the longer side.

    Raises:  BadPhoto.
    """
    picture = _read(upload)
    return {size: _draw(picture, size) for size in sizes}


def version_of(drawn_sizes: dict[int, bytes]) -> str:
    """A name made of the picture: an address with it shows one picture for ever."""
    return hashlib.sha256(drawn_sizes[max(drawn_sizes)]).hexdigest()[:16]


def keep(storage: Storage, folder: str, upload: UploadedFile[Any], sizes: tuple[int, ...] = SIZES) -> str:
    """The picture lies in the folder in all sizes, side by side: <folder>/<version>-<size>.webp. Returns the largest's name.

    Raises:  BadPhoto.
    """
    pictures = drawn(upload, sizes)
    version = version_of(pictures)
    for size, picture in pictures.items():
        name = f"{folder}/{version}-{size}.webp"
        # The same picture again is the same file.
        if not storage.exists(name):
            storage.save(name, ContentFile(picture))
    return f"{folder}/{version}-{max(sizes)}.webp"


def sized(name: str, size: int) -> str:
    """The name of the same picture in another size."""
    return f"{name.rpartition('-')[0]}-{size}.webp"


def forget(storage: Storage, name: str, sizes: tuple[int, ...] = SIZES) -> None:
    """No size of the picture is there any more."""
    for size in sizes:
        storage.delete(sized(name, size))


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
