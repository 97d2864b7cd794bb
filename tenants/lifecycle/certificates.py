"""Whether the proxy may ask an authority for a certificate of a host: only for hosts that people are to reach here."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.db.models import Q

from tenants.hosts import parse_host
from tenants.lifecycle.models import DomainClaim
from tenants.models import Domain, RegionStatus


def may_have_certificate(text: str) -> bool:
    """The base host; hosts of regions that answer, or say why they do not or where they went; proven hosts that open soon.

    Two queries whatever the host, none for what is no host. On the platform.
    """
    host = parse_host(text) if ":" not in text else None
    if host is None:
        return False
    if host == settings.BASE_HOST:
        return True
    claim = DomainClaim.objects.filter(
        host=host, state__in=(DomainClaim.State.VERIFIED, DomainClaim.State.ACTIVE, DomainClaim.State.FAILING)
    ).first()
    shown = Q(tenant__status__in=(RegionStatus.READY, RegionStatus.SUSPENDED)) | (
        Q(tenant__status=RegionStatus.CLOSED) & ~Q(tenant__moved_to="")
    )
    answers = Domain.objects.filter(shown, domain=host).exists()
    if claim is not None and claim.state == DomainClaim.State.FAILING:
        return False
    # A proven host that is not open yet belongs to a region that may have been shut since.
    return answers or (claim is not None and claim.state == DomainClaim.State.VERIFIED)


def may_ask(address: str) -> bool:
    """Whether this network address is the proxy's."""
    try:
        who = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(who in ipaddress.ip_network(one, strict=False) for one in settings.TLS_ASKERS)
