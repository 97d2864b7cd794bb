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
