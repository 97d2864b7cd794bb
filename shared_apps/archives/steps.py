"""What an operator may do with a restore: each step as the pages tell it before it is taken."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shared_apps.archives.models import Restore


@dataclass(frozen=True)
class StepText:
    """`move` is the move of Restore that orders it, `effects` what the page says before."""

    name: str
    move: str
    title: Promise
    button: Promise
    icon: str
    effects: tuple[Promise, ...]
    is_grave: bool = True


BEGIN = StepText(
    "pulihkan",
    "",
    _("Put beside the region"),
    _("Put this archive beside the region"),
    "archive-restore",
    (
        _("The archive is checked, and its state is put beside the region. The region itself goes on as it is."),
        _("Then you see in which tables the two differ. Nobody but operators can reach the state beside it."),
    ),
    is_grave=False,
)
STEPS: dict[str, StepText] = {
    one.name: one
    for one in (
        StepText(
            "tukar",
            "swap",
            _("Exchange"),
            _("Let the region work on the archive's state"),
            "replace",
            (
                _("The region shows that it is suspended for some seconds; then it works on the archive's state."),
                _("What was entered since the archive was made is not in it. It stands beside until you finish."),
                _("Everybody signs in again. Messages that have left since do not leave a second time."),
                _("Its admins are told by mail. You can take it back."),
            ),
        ),
        StepText(
            "buang",
            "drop",
            pgettext_lazy("restore", "Give up"),
            _("Drop the archive's state"),
            "trash-2",
            (_("The state beside the region is deleted. The region and the archive's file stay as they are."),),
            is_grave=False,
        ),
        StepText(
            "kembalikan",
            "take_back",
            pgettext_lazy("restore", "Take it back"),
            _("Let the region work on its former state"),
            "undo-2",
            (
                _("The region shows that it is suspended for some seconds; then it works on what it had before."),
                _("What was entered since the exchange is not in it. It stands beside until you finish."),
                _("Everybody signs in again. Its admins are told by mail."),
            ),
        ),
        StepText(
            "selesai",
            "finish",
            _("Finish"),
            _("Delete the former state for good"),
            "check",
            (
                _("What the region was before the exchange is deleted. It cannot be taken back after that."),
                _("Do so when the region's admins have looked and are content."),
            ),
        ),
    )
}


def open_steps(restore: Restore) -> list[StepText]:
    """Those that may be taken now."""
    moves = set(Restore.moves.open_from(restore.state))
    return [one for one in STEPS.values() if one.move in moves]
