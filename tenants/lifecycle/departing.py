"""A region goes to another installation: here stays a page that tells where it is."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.backup.restoring import DRAIN_S, wipe
from tenants.context import on_platform
from tenants.hosts import parse_host
from tenants.lifecycle.errors import HostRefused, NotInThisState, ReasonMissing
from tenants.lifecycle.history import note
from tenants.lifecycle.hooks import tell_gone
from tenants.lifecycle.locks import hold
from tenants.lifecycle.models import Closing, RegionEvent
from tenants.models import Domain, Region, RegionStatus
from tenants.provisioning import schema_exists


def clean_forward(text: str) -> str:
    """The address where the region answers now: https, a host, and nothing of ours.

    Raises:  HostRefused.
    """
    parts = urlsplit(text.strip())
    host = parse_host(parts.netloc) if parts.netloc else None
    if parts.scheme != "https" or host is None or len(text) > 200:
        raise HostRefused(_("Write the whole new address, beginning with https://."))
    return f"https://{parts.netloc}{parts.path or '/'}"


def hand_over(
    *,
    region: Region,
    by: str,
    reason: str,
    forward: str,
    typed_slug: str,
    archive: Path,
    key: bytes | None = None,
    drain_s: float = DRAIN_S,
) -> None:
    """The region has been imported elsewhere: it is dropped here, if the archive holds all of it, and its hosts tell where it is.

    Raises:  ReasonMissing; HostRefused; NotInThisState; BackupError when the archive is not the region as it is now.
    Writes:  history. Not inside a transaction.
    """
    if not reason.strip():
        raise ReasonMissing(_("Say why: the region's admins and whoever looks into this later will ask."))
    address = clean_forward(forward)
    with on_platform():
        region.refresh_from_db()
        is_here = schema_exists(region)
        if is_here and region.status not in (RegionStatus.READY, RegionStatus.SUSPENDED):
            raise NotInThisState(
                _("%(name)s is %(status)s now, so that step is not possible. Look at it again.")
                % {"name": region.name, "status": region.get_status_display()}
            )
        if not is_here and region.moved_to != address:
            raise NotInThisState(_("%(name)s is not here any more.") % {"name": region.name})
        if Domain.objects.filter(tenant=region, domain=parse_host(urlsplit(address).netloc)).exists():
            raise HostRefused(_("That is the region's address here; write the new one."))
        if Closing.objects.filter(region=region, state__in=["announced", "closed", "deleting"]).exists():
            raise NotInThisState(_("%(name)s is closing already.") % {"name": region.name})
        before = region.status
    if is_here:
        _leave(region, address, typed_slug=typed_slug, archive=archive, key=key, drain_s=drain_s)
    with on_platform(), transaction.atomic():
        held = hold(region)
        if RegionEvent.objects.filter(region=held, move="move_away", details__forward=address).exists():
            return
        note(
            held,
            "move_away",
            before=before,
            after=RegionStatus.CLOSED,
            by=by,
            reason=reason,
            details={"forward": address, "archive": archive.name},
        )
        tell_gone(held)


def _leave(region: Region, address: str, *, typed_slug: str, archive: Path, key: bytes | None, drain_s: float) -> None:
    # Before the wipe, for it is shown only once the region is closed: no moment without it, wherever we are killed.
    with on_platform():
        Region.objects.filter(pk=region.pk).update(moved_to=address)
    try:
        wipe(region=region, typed_slug=typed_slug, archive=archive, key=key, drain_s=drain_s)
    except BaseException:
        with on_platform():
            Region.objects.filter(pk=region.pk).exclude(status=RegionStatus.CLOSED).update(moved_to="")
        raise
