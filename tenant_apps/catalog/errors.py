"""Why the catalogue refuses an article."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NumberTaken(DomainError):
    """Another product has this article number."""

    code = "number_taken"


class PackInUse(DomainError):
    """Prices name the pack, so it can neither go nor change its size."""

    code = "pack_in_use"


class BadPacks(DomainError):
    """Packs that nobody can trade: none to sell, or one label twice for the same use."""

    code = "bad_packs"
    status = 400
