"""Why a warung cannot do that."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NotReady(DomainError):
    """Something is still missing before the warung may open; the message names it."""

    code = "warung_not_ready"


class OutsideRegion(DomainError):
    """The kelurahan is not one of this region's."""

    code = "outside_region"
    status = 400


class WarungClosed(DomainError):
    """The warung takes no orders now; the message says when it opens, if that is known."""

    code = "warung_closed"


class BadHours(DomainError):
    """Opening hours that overlap or never end."""

    code = "bad_hours"
    status = 400


class WarungStandsHere(DomainError):
    """An RW in which a warung is registered does not go."""

    code = "warung_stands_here"


class BadDelivery(DomainError):
    """A zone, slot or cut-off that cannot be."""

    code = "bad_delivery"
    status = 400
