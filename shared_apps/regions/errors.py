"""Why a question about an area is refused."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class UnknownArea(DomainError):
    """No area has this code."""

    code = "unknown_area"
    status = 404


class AreaRetired(DomainError):
    """The area is no longer in force. `successors` in the context names what follows it."""

    code = "area_retired"


class AreaTooSmall(DomainError):
    """A village was named where whole districts are counted."""

    code = "area_too_small"


class AreasAlreadyLoaded(DomainError):
    """Another version of the areas is here; it changes through a reviewed update only."""

    code = "areas_already_loaded"


class AreasNotLoaded(DomainError):
    """There is nothing to compare with before the first load."""

    code = "areas_not_loaded"


class PlanIsStale(DomainError):
    """The areas changed after the plan was made, so the plan describes something else."""

    code = "area_plan_stale"


class WrongTrace(DomainError):
    """A reviewer's statement about an old and a new code does not fit the plan."""

    code = "wrong_area_trace"


class WrongRelease(DomainError):
    """A published list of areas contradicts itself."""

    code = "wrong_area_release"
