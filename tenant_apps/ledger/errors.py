"""Why an entry is not booked."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class Unbalanced(DomainError):
    """The lines of an entry do not sum to zero, or are fewer than two: a defect of the caller."""

    code = "unbalanced"


class Overdrawn(DomainError):
    """An account that may not be overdrawn has less than asked."""

    code = "overdrawn"


class KeyReused(DomainError):
    """The same key came with other lines: a defect of the caller."""

    code = "key_reused"
