"""Signed texts whose salt holds the kind and the region: a token of Kalidoni is worth nothing in Lombok."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core import signing

from tenants.context import scope
from tenants.errors import BadToken


def _salt(kind: str) -> str:
    return f"warsa.{kind}.{scope()}"


def dumps(kind: str, value: Any) -> str:
    """A URL-safe signed text of a JSON value, good only for this kind and in this region."""
    return signing.dumps(value, salt=_salt(kind), compress=True)


def loads(kind: str, token: str, *, max_age: timedelta) -> Any:
    """The value inside. Raises BadToken for anything that this region did not sign for this kind, or too long ago."""
    try:
        return signing.loads(token, salt=_salt(kind), max_age=max_age)
    except signing.BadSignature as bad:
        raise BadToken(str(bad)) from bad
