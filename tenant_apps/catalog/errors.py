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


class UnitsApart(DomainError):
    """Two units that nothing connects: weight and volume without a density, pieces and anything else."""

    code = "units_apart"
    status = 400


class BadBarcode(DomainError):
    """A barcode whose check digit is wrong, or that no scanner prints."""

    code = "bad_barcode"
    status = 400


class BarcodeTaken(DomainError):
    """Another pack carries this barcode."""

    code = "barcode_taken"


class BadFacts(DomainError):
    """Facts of an article that do not go together."""

    code = "bad_facts"
    status = 400
