"""Texts that nobody reads in the database: AES-256-GCM, by the newest key; and blind indexes, by which they are found."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as BadBase64
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tenants.personal.keys import keys_of

log = logging.getLogger(__name__)

MARK = "s1."
# What is shown where no key opens it: a page with a gap is better than none.
UNREADABLE = "•••"
_SEAL, _INDEX = "warsa.personal.seal", "warsa.personal.index"
_NONCE = 12


class Unreadable(str):
    """Shown as UNREADABLE; saved again, it is what it was: the key may be found."""

    def __new__(cls, sealed: str) -> Unreadable:
        made = super().__new__(cls, UNREADABLE)
        made.sealed = sealed
        return made

    sealed: str


def seal(text: str) -> str:
    """`s1.<key>.<nonce and ciphertext>`; the same text looks different each time. Nothing stays nothing."""
    if not text:
        return ""
    if isinstance(text, Unreadable):
        return text.sealed
    key = keys_of(_SEAL)[0]
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + AESGCM(key).encrypt(nonce, text.encode(), None)
    return f"{MARK}{_name_of(key)}.{urlsafe_b64encode(sealed).decode()}"


def unseal(text: str) -> str:
    """What was sealed here under any key that still counts; a text that was never sealed is itself.

    `Unreadable`, with a line in the log, where the key is gone or the text belongs to another region.
    """
    if not is_sealed(text):
        return text
    _, name, body = text.split(".", 2)
    for key in keys_of(_SEAL):
        if _name_of(key) == name:
            try:
                raw = urlsafe_b64decode(body)
                return AESGCM(key).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
            except (InvalidTag, BadBase64, ValueError):
                break
    log.error("a sealed text opens with no key of this region (%s)", name)
    return Unreadable(text)


def is_sealed(text: str) -> bool:
    """Whether it has the form that `seal` gives."""
    return text.startswith(MARK) and text.count(".") == 2


def current_mark() -> str:
    """What every text begins with that is sealed under the newest key."""
    return f"{MARK}{_name_of(keys_of(_SEAL)[0])}."


def indexes_of(text: str) -> list[str]:
    """64 hexadecimal digits under each key, today's first: equal numbers have equal ones. None for nothing."""
    plain = canonical(text)
    if not plain:
        return []
    return [hmac.new(key, plain.encode(), hashlib.sha256).hexdigest() for key in keys_of(_INDEX)]


def index_of(text: str) -> str:
    """The one that is stored; "" for nothing."""
    found = indexes_of(text)
    return found[0] if found else ""


def canonical(text: str) -> str:
    """Digits alone; a telephone number with the country in front, however it was typed: 0812… and +62 812… are one."""
    digits = re.sub(r"[^0-9]", "", text)
    if digits.startswith("0"):
        return "62" + digits[1:]
    return "62" + digits if digits.startswith("8") and len(digits) < 15 else digits


def masked(text: str) -> str:
    """The first and the last of it: "0812••••890". Short texts are hidden whole."""
    if not text:
        return ""
    return f"{text[:4]}••••{text[-3:]}" if len(text) >= 10 else "••••"


@lru_cache(maxsize=4096)
def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"warsa.personal.name" + key).hexdigest()[:8]
