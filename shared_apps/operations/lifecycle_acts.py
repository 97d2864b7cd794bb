"""The steps that an operator may take with a region: what each does, what it asks, and when it is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shared_apps.operations.lifecycle_forms import CloseForm, ReasonForm, SuspendForm, UnmailedForm
from tenants.lifecycle import closing, domains, handing, standing
from tenants.lifecycle.models import Closing, DomainClaim
from tenants.lifecycle.own_hosts import shown
from tenants.models import ReadOnlyBecause, Region, RegionStatus


@dataclass(frozen=True)
class Act:
    """One step. `run` calls the service with what the form holds; `effects` is what the page tells before."""

    name: str
    title: str | Promise
    button: Promise
    icon: str
    effects: tuple[Promise, ...]
    form: type[forms.Form]
    is_open: Callable[[Region, Closing | None], bool]
    run: Callable[[Region, Closing | None, forms.Form, str], object]
    is_grave: bool = True


def _suspend(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    return standing.suspend(region=region, by=by, **form.cleaned_data)


def _hold_still(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    return standing.hold_still(region=region, by=by, **form.cleaned_data)


def _let_go_on(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    return standing.let_go_on(region=region, by=by, **form.cleaned_data)


def _reactivate(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    return standing.reactivate(region=region, by=by, **form.cleaned_data)


def _announce(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    assert isinstance(form, CloseForm)
    closes_at, deletes_at = form.moments()
    return closing.announce(
        region=region,
        by=by,
        reason=form.cleaned_data["reason"],
        typed_slug=form.cleaned_data["typed_slug"],
        settlement=form.cleaned_data["settlement"],
        closes_at=closes_at,
        deletes_at=deletes_at,
    )


def _undo(_region: Region, found: Closing | None, form: forms.Form, by: str) -> object:
    assert found is not None
    return closing.undo(closing=found, by=by, **form.cleaned_data)


def _archive(region: Region, _closing: Closing | None, form: forms.Form, by: str) -> object:
    return handing.order_archive(region=region, by=by, reason=form.cleaned_data["reason"])


def removal_of(claim: DomainClaim) -> Act:
    """A host is taken from a region: one that its owner asks for, or for which there should be no certificate."""

    def remove(_region: Region, _closing: Closing | None, form: forms.Form, by: str) -> None:
        domains.remove(claim=claim, by=by, reason=form.cleaned_data["reason"])

    return Act(
        "lepas-domain",
        format_lazy("{}: {}", _("Remove the domain"), shown(claim.host)),
        _("Remove this domain"),
        "globe",
        (
            _("The region does not answer there any more, and links name its address on the platform."),
            _("No certificate is ordered for it. One that was made stays good until it is revoked at the authority."),
            _("No other region ever gets it; this one may ask for it again."),
        ),
        UnmailedForm,
        lambda region, found: claim.state != DomainClaim.State.REMOVED,
        remove,
    )


_LIVES = (RegionStatus.READY, RegionStatus.SUSPENDED)

ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "baca-saja",
            _("Only to be read"),
            _("Let nothing be changed"),
            "book-lock",
            (
                _("People go on reading everything; whatever would change something is refused with a banner."),
                _("Savings can still be taken out, and books and exports are open."),
            ),
            ReasonForm,
            lambda region, found: (
                region.status == RegionStatus.READY and ReadOnlyBecause.OPERATOR not in region.read_only_because
            ),
            _hold_still,
        ),
        Act(
            "lanjut",
            _("Let it work again"),
            _("Let it work again"),
            "book-open",
            (_("Operators no longer keep it from being changed. An unpaid subscription still may."),),
            ReasonForm,
            lambda region, found: (
                region.status == RegionStatus.READY and ReadOnlyBecause.OPERATOR in region.read_only_because
            ),
            _let_go_on,
            is_grave=False,
        ),
        Act(
            "hentikan",
            _("Suspend"),
            _("Suspend this region"),
            "circle-pause",
            (
                _("Within five seconds nobody enters any more: pages, programmes, links in mails, files."),
                _("Its tasks, mails and messages wait. Nothing is lost and nothing is deleted."),
                _("Its admins are shut out too. Send them their data by “Hand over the data”."),
            ),
            SuspendForm,
            lambda region, found: region.status == RegionStatus.READY,
            _suspend,
        ),
        Act(
            "buka",
            _("Open again"),
            _("Open this region again"),
            "circle-play",
            (_("Everything is as it was. What waited to leave leaves now."),),
            ReasonForm,
            lambda region, found: region.status == RegionStatus.SUSPENDED,
            _reactivate,
            is_grave=False,
        ),
        Act(
            "arsip",
            _("Hand over the data"),
            _("Make the file and mail the link"),
            "archive",
            (
                _("All data of the region go into one signed file; people go on trading meanwhile."),
                _("The region's admins get a link by mail that is good for 90 days."),
            ),
            ReasonForm,
            lambda region, found: region.status in _LIVES,
            _archive,
            is_grave=False,
        ),
        Act(
            "tutup",
            _("Close for good"),
            _("Announce the closing"),
            "door-closed",
            (
                _("The admins are told now. A banner in the region names the day."),
                _("On that day the region is shut. Its admins get a link to all its data, good for 90 days."),
                _("On the later day all its data are deleted, after a trial that the file brings them back."),
                _("Its addresses say for ever that it is closed, and go to nobody else."),
                _("Until the data are deleted you can take it back."),
            ),
            CloseForm,
            lambda region, found: region.status in _LIVES and found is None,
            _announce,
        ),
        Act(
            "batal",
            _("Take the closing back"),
            _("The region does not close"),
            "undo-2",
            (_("The region is what it was before. Its admins are told."),),
            ReasonForm,
            lambda region, found: found is not None,
            _undo,
            is_grave=False,
        ),
    )
}


def open_acts(region: Region, found: Closing | None) -> list[Act]:
    """Those that the region may take now."""
    return [act for act in ACTS.values() if act.is_open(region, found)]
