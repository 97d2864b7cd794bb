"""Why a price list is not taken."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class BadList(DomainError):
    """The list cannot be read or published as it is."""

    code = "bad_list"
    status = 400


class BadAddress(DomainError):
    """Nothing may be pulled from this address."""

    code = "bad_address"
    status = 400


class PullFailed(DomainError):
    """The address gave no price list. The message says what happened, for the supplier."""

    code = "pull_failed"


class Unreadable(Exception):
    """A cell of a row cannot be understood. The text tells the person what to write."""
