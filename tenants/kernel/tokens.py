"""Secrets that travel in links: only their hash is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A link's secret: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the database keeps of a link's secret (64 hexadecimal characters)."""
    return hashlib.sha256(token.encode()).hexdigest()
