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


class BlueprintUnreadable(DomainError):
    """A file or a name is no blueprint's."""

    code = "blueprint_unreadable"


class BlueprintChanged(DomainError):
    """A version that is loaded differs from its file."""

    code = "blueprint_changed"


class BlueprintNamesPeople(DomainError):
    """A section holds somebody's contact."""

    code = "blueprint_names_people"


class NotLive(DomainError):
    """The region is not open."""

    code = "not_live"


class ConsentMissing(DomainError):
    """The region that holds the kecamatan has not agreed to let them go."""

    code = "consent_missing"
