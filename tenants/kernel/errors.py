"""Refusals that a person can act on."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A rule of the market refuses what was asked.

    `message` is shown to the person, in their language; `code` is stable for callers; `status` is what a web door answers.
    Extra facts travel in `context` for the page that explains them.
    """

    code: str = "refused"
    status: int = 409

    def __init__(self, message: Any, **context: Any) -> None:
        super().__init__(message)
        self.message = message
        self.context = context

    def __str__(self) -> str:
        return str(self.message)


class StaleDocument(DomainError):
    """Someone changed the document first, so the asked step is no longer possible."""

    code = "stale_document"


class NotAllowed(DomainError):
    """The person may see the document but not take this step."""

    code = "not_allowed"
    status = 403
