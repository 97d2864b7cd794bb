"""Why somebody is not forgotten yet."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NotYet(DomainError):
    """Money or work of theirs is still open; `context["reasons"]` says what."""

    code = "not_yet_erasable"
