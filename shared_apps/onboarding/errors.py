"""Why a registration cannot go on."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class Incomplete(DomainError):
    """Something is still to be filled in; `context["step"]` says where, if it is on a page of the wizard."""

    code = "incomplete"


class AreaTaken(DomainError):
    """A kecamatan belongs to another registration or region."""

    code = "area_taken"


class SlugTaken(DomainError):
    """The wished address is somebody's."""

    code = "slug_taken"


class TooMany(DomainError):
    """More attempts than a person makes."""

    code = "too_many"
    status = 429


class WrongProof(DomainError):
    """The uploaded document is of a kind or size that we do not take."""

    code = "wrong_proof"
