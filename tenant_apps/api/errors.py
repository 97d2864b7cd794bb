"""Why the API does not take a request, besides the market's own refusals."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class BadScopes(DomainError):
    """A key needs a scope, and only people of a warung have those of the counter."""

    code = "bad_scopes"
    status = 400


class TooManyKeys(DomainError):
    """Nobody needs that many keys at once."""

    code = "too_many_keys"


class KeyMissing(DomainError):
    """The request makes or moves something, so it must say which one it is: an Idempotency-Key header."""

    code = "idempotency_key_missing"
    status = 400


class KeyOfAnother(DomainError):
    """The Idempotency-Key belongs to another request."""

    code = "idempotency_key_reused"
    status = 422


class StillWorking(DomainError):
    """The first request with this Idempotency-Key is not answered yet."""

    code = "idempotency_key_in_use"


class BadCursor(DomainError):
    """The cursor is not one that this list gave."""

    code = "bad_cursor"
    status = 400
