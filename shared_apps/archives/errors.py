"""What is refused around archives, and how a person is told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import DomainError


class NotToBeRestored(DomainError):
    """The region, or what stands beside it, does not allow that step now."""


class NotTyped(DomainError):
    """The region's short name was not typed."""

    status = 400


# Why a worker could not do it, by the name of the error: it stays in the row, and each reader has it in their language.
WORDS: dict[str, Promise] = {
    "ArchiveRefused": _("The file is damaged, or was not signed by us. Choose another archive."),
    "ArchiveUnfit": _(
        "This installation cannot take that archive: the region or its version has changed too much since."
    ),
    "NotExact": _("What was loaded was not what the archive holds, so it was given up. Choose another archive."),
    "Occupied": _("Another state stands beside this region already. Finish that first, by its page or its command."),
    "StillBusy": _("The region's tables stayed in use. Nothing has changed; try again when it is quiet."),
    "FileMissing": _("The file of this archive is not there any more. Choose another archive."),
    "NoRoom": _("The disk of the archives is nearly full. Make room, then order the archive again."),
    "CutOff": _("It was cut off three times. See the workers' log before you try again."),
}
OTHERWISE = _("It failed for a reason that is only in the workers' log.")


def words_of(code: str) -> str:
    """What a person reads; empty for no error."""
    return str(WORDS.get(code, OTHERWISE)) if code else ""
