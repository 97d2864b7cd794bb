"""What our PDFs say."""

from __future__ import annotations

import re
import zlib


def words(paper: bytes) -> str:
    """What the PDF writes, its streams opened."""
    out = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", paper, re.DOTALL):
        try:
            out += zlib.decompress(stream)
        except zlib.error:
            continue
    return " ".join(part.decode("latin-1") for part in re.findall(rb"\((.*?)\) Tj", out))
