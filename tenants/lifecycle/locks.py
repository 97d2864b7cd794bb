"""The only place that locks regions and closings for a step of their life. Each lock ends with the transaction."""

from __future__ import annotations

from django.utils.translation import gettext as _

from tenants.backup.models import SideSchema
from tenants.lifecycle.errors import RestoreUnderWay
from tenants.lifecycle.models import Closing, DomainClaim, HandedArchive
from tenants.locks import locked_region
from tenants.models import Region


def hold(region: Region) -> Region:
    """The region's row as it is now, locked.

    Raises:  RestoreUnderWay while a swap keeps the region shut, for that swap gives its status back at the end.
    """
    held = locked_region(region)
    if SideSchema.objects.filter(region=region).exclude(status_before="").exists():
        raise RestoreUnderWay(
            _("%(name)s is being taken back to an earlier state just now. Try again in a minute.") % {"name": held.name}
        )
    return held


def hold_closing(closing: Closing) -> Closing:
    """The closing as it is now, locked together with its region."""
    hold(closing.region)
    return Closing.objects.select_for_update(no_key=True, of=("self",)).select_related("region").get(pk=closing.pk)


def hold_claim(claim: DomainClaim) -> DomainClaim:
    """The claim of a host as it is now, locked."""
    return DomainClaim.objects.select_for_update(no_key=True, of=("self",)).select_related("region").get(pk=claim.pk)


def hold_archive(archive: HandedArchive) -> HandedArchive | None:
    """The archive's row, locked; None while somebody else makes it."""
    return HandedArchive.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=archive.pk).first()
