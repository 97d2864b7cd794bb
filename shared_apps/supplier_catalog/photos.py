"""Photos of articles. A photo's name is supplier_catalog/<public id>/<version>-640.webp; the smaller size lies beside it.

The version is made of the picture, so an address shows one picture for ever and browsers may keep it.
"""

from __future__ import annotations

import re
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from shared_apps.supplier_catalog.models import Article
from tenants.pictures import SIZES, forget, keep, sized

_NAME = re.compile(r"supplier_catalog/[0-9a-f-]{36}/([0-9a-f]{16})-640\.webp")


def set_photo(*, article: Article, upload: UploadedFile[Any]) -> None:
    """The article shows this picture, in both sizes; the one before is gone.

    Raises:  BadPhoto.
    Writes:  two files, the article.
    """
    storage, before = article.photo.storage, article.photo.name
    article.photo.name = keep(storage, f"supplier_catalog/{article.public_id}", upload)
    article.save(update_fields=["photo"])
    if before and before != article.photo.name:
        transaction.on_commit(lambda: forget(storage, before))


def remove_photo(*, article: Article) -> None:
    """The article shows no picture any more."""
    storage, before = article.photo.storage, article.photo.name
    article.photo.name = ""
    article.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: forget(storage, before))


def photo_version(article: Article) -> str:
    """The version of the article's picture; empty where it has none."""
    found = _NAME.fullmatch(article.photo.name or "")
    return found[1] if found else ""


def open_photo(article: Article, size: int) -> IO[bytes] | None:
    """The article's picture in one of SIZES; None where it has none."""
    name, storage = article.photo.name, article.photo.storage
    if not name or size not in SIZES:
        return None
    wanted = sized(name, size)
    return storage.open(wanted) if storage.exists(wanted) else None
