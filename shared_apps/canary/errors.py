"""What goes wrong with the canary, and how a person is told."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.kernel.errors import DomainError


class CanaryBusy(DomainError):
    """It runs already, or ran just now; or no canary is set."""


class WrongEffect(Exception):
    """A step was taken without an error and did not do what it should. Its text holds numbers and states, nobody's data."""


# Why a run ended although no step failed, by the code in the row.
WORDS: dict[str, Promise] = {
    "NoRegion": _("No region has this short name."),
    "NotReady": _("The region is not open."),
    "ReadOnly": _("The region is read-only."),
    "CutOff": _("The worker was cut off in the middle of it."),
    "NoSteps": _("No app of this installation offers a step."),
}


def words_of(error: str) -> str:
    """What a person reads; the error itself where it is one of the code's own."""
    return str(WORDS.get(error, error))
