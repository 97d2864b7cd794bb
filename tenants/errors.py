"""What goes wrong with regions. These are defects or attacks, never a person's mistake."""

from __future__ import annotations


class IsolationError(RuntimeError):
    """Base: work was about to leave the one region it belongs to."""


class NoRegionBound(IsolationError):
    """Region data was asked for while no region (or the platform) is bound."""


class OutOfRegion(IsolationError):
    """Code inside a region asked for a public model that regions may not reach."""


class RegionSwitchInTransaction(IsolationError):
    """The region would change inside a transaction."""


class SchemaMissing(IsolationError):
    """The bound region has no schema in the database."""


class RegionNotServed(IsolationError):
    """The region's status does not allow this work."""


class BadToken(ValueError):
    """A signed text is forged, expired, of another kind or of another region."""
