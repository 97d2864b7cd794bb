"""Photos that people send: drawn anew, so that nothing but the picture is kept (no place, no camera, no hidden code)."""

from __future__ import annotations

import io
import uuid

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from tenant_apps.pricing.errors import BadPicture

MOST_BYTES = 6 * 1024 * 1024
# A photo of a phone has 12 to 50 million; more is a trap for our memory.
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 1_600


def redrawn(upload: UploadedFile[bytes]) -> ContentFile[bytes]:
    """The picture as a JPEG of at most 1,600 pixels a side, under a name that nobody can guess.

    Raises:  BadPicture for what is no picture, or is too large.
    """
    if not upload.size or upload.size > MOST_BYTES:
        raise BadPicture(_("Choose a photo of at most 6 MB."))
    try:
        upload.seek(0)
        with Image.open(upload, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadPicture(_("The photo has too many pixels. Take a smaller one."))
            # A JPEG is decoded at a fraction of its size, which spares memory.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            drawn = io.BytesIO()
            upright.convert("RGB").save(drawn, "JPEG", quality=82, optimize=True)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as broken:
        raise BadPicture(_("This file is no photo. Choose a JPEG, PNG or WebP.")) from broken
    return ContentFile(drawn.getvalue(), name=f"{uuid.uuid4()}.jpg")
