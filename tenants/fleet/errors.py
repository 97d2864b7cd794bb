"""Why the fleet does not move. Told to operators on the command line, in English."""

from __future__ import annotations


class FleetError(Exception):
    """Base: nothing was changed, and the message says what to do."""


class FleetBusy(FleetError):
    """Another process is moving the fleet now."""


class NoSuchRegion(FleetError):
    """No region answers to this slug, host or schema."""


class CannotGoBack(FleetError):
    """The region stays on its version: a migration cannot be reversed, or what came before is not known."""
