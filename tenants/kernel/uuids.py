"""Reading what may be a UUID."""

from __future__ import annotations

from uuid import UUID


def uuid_or_none(text: str) -> UUID | None:
    """None for anything that is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
