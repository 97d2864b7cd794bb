"""How the steps of a region's life are called: by people, and in the audit log."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LifeStep:
    """`deed` is what stands in the audit log after "region."."""

    deed: str
    label: str | Promise


STEPS: dict[str, LifeStep] = {
    "suspend": LifeStep("suspended", _("Suspended")),
    "reactivate": LifeStep("opened_again", _("Opened again")),
    "hold": LifeStep("made_read_only", _("Made read-only")),
    "lift": LifeStep("made_writable", _("Works again")),
    "announce_closing": LifeStep("closing_announced", _("Closing announced")),
    "close": LifeStep("closed", _("Shut for good")),
    "undo": LifeStep("closing_undone", _("Closing taken back")),
    "closing_held": LifeStep("closing_held", _("The closing stands still")),
    "begin_deletion": LifeStep("deletion_begun", _("Deletion of the data begun")),
    "stop_deletion": LifeStep("deletion_stopped", _("Deletion of the data stopped")),
    "delete": LifeStep("closing_finished", _("Closing finished")),
    "data_deleted": LifeStep("data_deleted", _("Data deleted")),
    "move_away": LifeStep("moved_away", _("Moved to another installation")),
    "order_archive": LifeStep("archive_ordered", _("Data to be handed over")),
    "fetch_archive": LifeStep("archive_fetched", _("Data fetched")),
    "remove_archive": LifeStep("archive_removed", _("File with the data removed")),
    "restore_ask": LifeStep("restore_asked", _("To go back to an archive")),
    "restore_put_beside": LifeStep("restore_put_beside", _("State of an archive put beside")),
    "restore_fail": LifeStep("restore_failed", _("Archive could not be put beside")),
    "restore_swap": LifeStep("restore_swap_ordered", _("Exchange with the archive's state ordered")),
    "restore_swapped": LifeStep("restored", _("Works on the archive's state")),
    "restore_stay": LifeStep("restore_swap_failed", _("Exchange not possible")),
    "restore_take_back": LifeStep("restore_return_ordered", _("Former state wanted back")),
    "restore_taken_back": LifeStep("restore_taken_back", _("Works on its former state again")),
    "restore_stay_swapped": LifeStep("restore_step_failed", _("Step of the restore not possible")),
    "restore_finish": LifeStep("restore_finish_ordered", _("Former state to be deleted")),
    "restore_finished": LifeStep("restore_finished", _("Former state deleted")),
    "restore_drop": LifeStep("restore_drop_ordered", _("Archive's state to be dropped")),
    "restore_stay_beside": LifeStep("restore_drop_failed", _("Archive's state not dropped")),
    "restore_dropped": LifeStep("restore_dropped", _("Archive's state dropped")),
    "change_share": LifeStep("share_changed", _("Share of each web process changed")),
    "domain_ask": LifeStep("domain_asked", _("Domain wished for")),
    "domain_verify": LifeStep("domain_verified", _("Domain proven")),
    "domain_activate": LifeStep("domain_opened", _("Domain opened")),
    "domain_primary": LifeStep("domain_made_primary", _("Links name another host")),
    "domain_fail": LifeStep("domain_failed", _("Domain not proven any more")),
    "domain_lapse": LifeStep("domain_lapsed", _("Proof of a domain lapsed")),
    "domain_recover": LifeStep("domain_recovered", _("Domain proven again")),
    "domain_remove": LifeStep("domain_removed", _("Domain removed")),
    "offer_warungs": LifeStep("warungs_offered", _("Warungs offered")),
    "warungs_accept": LifeStep("warungs_accepted", _("Warungs accepted")),
    "warungs_refuse": LifeStep("warungs_refused", _("Warungs stay")),
    "warungs_begin": LifeStep("warungs_leaving", _("Warungs on their way")),
    "warungs_finish": LifeStep("warungs_moved", _("Warungs moved")),
}
