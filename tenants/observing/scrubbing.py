"""Nothing that names a person, and nothing that opens a door, leaves in a text that operators read."""

from __future__ import annotations

import re
from typing import Any

from lokal.samaran import mask_pii

# PostgreSQL tells the row that it refused.
_ROW = re.compile(r"(?m)^(DETAIL|CONTEXT|STATEMENT|QUERY):.*$|Failing row contains .*$|Key \([^)]*\)=\(.*?\)")
_NAMED = re.compile(
    r"(?i)\b(authorization|bearer|cookie|csrf\w*|otp|password|passwd|pin|sandi|secret|session\w*|sig|signature|token|api_?key)"
    r"(['\"]?\s*[=:]\s*['\"]?|\s+)(?:bearer\s+|basic\s+)?[^\s'\",;&}\])]{4,}"
)
_PREFIXED = re.compile(r"\b(?:sk|rk|pk|whsec|cs|seti|pi)_(?:live|test)?_?[A-Za-z0-9_]{8,}|\bwhsec_\w+")
_SIGNED = re.compile(r"[\w-]{4,}:[\w-]{5,}:[\w-]{20,}")
# A long run of small and capital letters and digits was made by a machine, to be guessed by nobody.
_RANDOM = re.compile(r"(?<![\w-])(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}")
_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<![\w-])\+?\d(?:[ .-]?\d){8,18}(?![\w])")
# Longest text that is looked through; the rest is cut off.
LONGEST = 20_000


def scrub(text: str) -> str:
    """The text without telephone numbers, NIK, NPWP, mail addresses, known forms of names, rows of the database and secrets."""
    if text.isalpha() and text.islower():
        # One plain word, as most of our lines begin with: nobody's, and the rest takes a tenth of a millisecond.
        return text
    text = text[:LONGEST]
    for pattern, instead in (
        (_ROW, "[ROW]"),
        (_SIGNED, "[TOKEN]"),
        (_NAMED, r"\1\2[TOKEN]"),
        (_PREFIXED, "[TOKEN]"),
        (_RANDOM, "[TOKEN]"),
        (_MAIL, "[EMAIL]"),
    ):
        text = pattern.sub(instead, text)
    return _LONG_NUMBER.sub("[NUMBER]", mask_pii(text).text)


def scrub_all(value: Any, *, keep: frozenset[str] = frozenset()) -> Any:
    """The same for every text in lists and tables; what lies under a name of `keep` is left as it is."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, dict):
        return {name: part if name in keep else scrub_all(part, keep=keep) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [scrub_all(part, keep=keep) for part in value]
    return value
