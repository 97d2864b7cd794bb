"""What care refuses."""

from __future__ import annotations

from tenants.kernel.errors import DomainError


class NoteNeeded(DomainError):
    """An alert is acknowledged with what is done about it."""

    code = "note_needed"


class NobodyReached(DomainError):
    """An announcement or flag names no area, no region and not everybody."""

    code = "nobody_reached"


class NotToBeStopped(DomainError):
    """The job has ended, or is none that can be stopped."""

    code = "not_to_be_stopped"
    status = 409


class NothingToDrill(DomainError):
    """No region is open that could be restored for a trial."""

    code = "nothing_to_drill"
    status = 409


class FlagKnown(DomainError):
    """There is a flag of this name."""

    code = "flag_known"
