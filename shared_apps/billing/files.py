"""Proofs that people upload: a PDF or a picture, told by how it begins, kept under a name that says nothing."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from shared_apps.billing.errors import BadFile

KINDS = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
ENDINGS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
MOST_BYTES = 5 * 1024 * 1024


def kind_of(upload: UploadedFile[Any]) -> str:
    """Its type.

    Raises:  BadFile.
    """
    head = upload.read(16)
    upload.seek(0)
    kind = next((kind for start, kind in KINDS.items() if head.startswith(start)), None)
    if kind is None or (upload.size or 0) > MOST_BYTES:
        raise BadFile(_("Send a PDF, JPEG or PNG of at most 5 MB."))
    return kind


def download(file: Any, kind: str, name: str) -> FileResponse:
    """Always to be kept, never shown in our own site's name."""
    return FileResponse(file.open(), as_attachment=True, filename=f"{name}.{ENDINGS[kind]}", content_type=kind)
