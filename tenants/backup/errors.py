"""Why an archive is not taken, or a region not exchanged. Operators read these on the command line: plain English."""

from __future__ import annotations


class BackupError(Exception):
    """Base: the message says what is wrong and what the operator can do."""


class ArchiveRefused(BackupError):
    """The file is not a whole archive with a signature that we can check. Nothing has been written."""


class ArchiveUnfit(BackupError):
    """The archive is genuine, but this installation cannot take it."""


class NotExact(BackupError):
    """What was loaded is not what the archive holds. The side schema is given up."""


class Occupied(BackupError):
    """Something else stands where this would go: a side schema, an address, a kecamatan."""


class StillBusy(BackupError):
    """The region's tables stayed in use. Nothing has changed."""


class NotConfirmed(BackupError):
    """The typed slug is not the region's."""
