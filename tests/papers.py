"""What our PDFs say."""

from __future__ import annotations

import re
import zlib


def words(paper: bytes) -> str:
    """What the PDF writes, its streams opened."""
    out = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\nendstream", paper, re.DOTALL):
        try:
            # The last byte may be a carriage return of its own; what stands behind the data is left alone.
            out += zlib.decompressobj().decompress(stream)
        except zlib.error:
            continue
    return " ".join(part.decode("latin-1") for part in re.findall(rb"\((.*?)\) Tj", out))
