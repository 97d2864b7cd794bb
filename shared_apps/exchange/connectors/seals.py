"""The signature on every message of a connector, whoever sends it: HMAC-SHA256 over "<timestamp>.<body>"."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import timedelta

from tenants.kernel import clock

TIMESTAMP, SIGNATURE, EVENT, SUPPLIER, KEY = (
    "Warsa-Timestamp",
    "Warsa-Signature",
    "Warsa-Event",
    "Warsa-Supplier",
    "Idempotency-Key",
)
# A message that was signed longer ago, or ahead of our clock, is nobody's.
FRESH = timedelta(minutes=10)
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


def seal(secret: str, timestamp: str, body: bytes) -> str:
    """The value of the signature's header."""
    return "v1=" + hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def sealed_now(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a message that leaves now."""
    timestamp = str(int(clock.now().timestamp()))
    return {TIMESTAMP: timestamp, SIGNATURE: seal(secret, timestamp, body)}


def is_sealed(secret: str, timestamp: str, signature: str, body: bytes) -> bool:
    """Whether somebody with the secret signed this body, just now."""
    if not _SECONDS.fullmatch(timestamp) or abs(int(timestamp) - clock.now().timestamp()) > FRESH.total_seconds():
        return False
    return hmac.compare_digest(seal(secret, timestamp, body).encode(), signature.encode(errors="replace"))
