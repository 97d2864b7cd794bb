"""From a Host header to a site. Nothing else in a request says where it belongs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q

from tenants.models import Domain, Region, ReleasedHost
from tenants.sites import region_at

# One label or more, ASCII, no trailing dot; an optional port. Anything else is nobody's host.
HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(?P<port>[0-9]{1,5}))?", re.IGNORECASE)


@dataclass(frozen=True)
class Site:
    """What answers at a host: the platform (region is None) or a region."""

    region: Region | None
    host: str
    # A name that only our own servers call; few pages stand there.
    is_internal: bool = False
    # A region answered here once and does not any more; nobody else ever will.
    is_released: bool = False


def parse_host(header: str) -> str | None:
    """The host name in small letters, or None for anything that is not exactly a name and perhaps a port."""
    match = HOST.fullmatch(header)
    if match is None or ".." in header or int(match["port"] or 1) not in range(1, 65_536):
        return None
    return match["name"].lower()


def site_for(header: str) -> Site | None:
    """The site of this Host header, or None when it is unknown. The platform must be bound."""
    name = parse_host(header)
    if name is None:
        return None
    if name == settings.BASE_HOST:
        return Site(None, name)
    if name in settings.INTERNAL_HOSTS:
        return Site(None, name, is_internal=True)
    region = region_at(name)
    if region is not None:
        return Site(region, name)
    return Site(None, name, is_released=True) if ReleasedHost.objects.filter(host=name).exists() else None


def region_url(region: Region, path: str = "/") -> str:
    """An absolute address inside a region, from its primary Domain row (never from a request's header).

    Raises:  Domain.DoesNotExist while the region has no address yet.
    """
    return f"{settings.SITE_SCHEME}://{_primary_host(region)}{settings.SITE_PORT_SUFFIX}{path}"


def _primary_host(region: Region) -> str:
    """Asked once for each object, which lives as long as its request or task."""
    known: str | None = region.__dict__.get("_primary_host")
    if known is None:
        known = region.__dict__["_primary_host"] = Domain.objects.get(tenant=region, is_primary=True).domain
    return known


def platform_url(path: str = "/") -> str:
    """An absolute address on the platform site."""
    return f"{settings.SITE_SCHEME}://{settings.BASE_HOST}{settings.SITE_PORT_SUFFIX}{path}"


def region_called(slug: str) -> Region | None:
    """The region that people know by this short name, also while it has no address. On the platform."""
    found: Region | None = Region.objects.filter(
        Q(slug_claim__slug=slug) | Q(domains__domain=host_of_slug(slug))
    ).first()
    return found


def host_of_slug(slug: str) -> str:
    """The host at which a region with this slug answers."""
    return f"{slug}.{settings.BASE_HOST}"
