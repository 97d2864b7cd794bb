"""Which hosts a region may call its own at all, before anybody asks the DNS."""

from __future__ import annotations

import ipaddress

import idna
from django.conf import settings
from django.utils.translation import gettext as _

from tenants.hosts import HOST
from tenants.lifecycle.errors import HostRefused

# Whoever may write records here speaks for everybody below it. The proof by TXT could never be given for the real ones; this
# tells people at once.
_SHARED = frozenset(
    [
        "blogspot.com",
        "wordpress.com",
        "github.io",
        "gitlab.io",
        "netlify.app",
        "vercel.app",
        "pages.dev",
        "workers.dev",
        "herokuapp.com",
        "fly.dev",
        "onrender.com",
        "web.app",
        "firebaseapp.com",
        "azurewebsites.net",
        "cloudfront.net",
        "amazonaws.com",
        "duckdns.org",
    ]
)
_SECOND_LEVEL = frozenset(
    [
        "ac",
        "biz",
        "co",
        "com",
        "desa",
        "edu",
        "go",
        "gov",
        "kab",
        "kota",
        "mil",
        "my",
        "net",
        "or",
        "org",
        "ponpes",
        "sch",
        "web",
    ]
)
# Names that no public DNS serves.
_NEVER_PUBLIC = frozenset(
    ["localhost", "local", "internal", "test", "invalid", "example", "onion", "lan", "home", "arpa"]
)


def clean_host(text: str) -> str:
    """The host in the letters of the DNS (small, ASCII, IDN in punycode).

    Raises:  HostRefused for what is no host name, a network address, a public suffix, an address of ours, or never public.
    """
    name = text.strip().rstrip(".").lower()
    name = name.removeprefix("https://").removeprefix("http://").rstrip("/")
    if not name or len(text) > 300:
        raise HostRefused(_("Write the host, such as pasar.kalidoni.go.id."))
    _must_be_no_address(name)
    try:
        host = idna.encode(name, uts46=True, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError) as bad:
        raise HostRefused(_("“%(name)s” is not written as a host.") % {"name": name[:80]}) from bad
    if not HOST.fullmatch(host) or ".." in host or ":" in host:
        raise HostRefused(_("“%(name)s” is not written as a host.") % {"name": name[:80]})
    labels = host.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or any(not 0 < len(one) <= 63 for one in labels):
        raise HostRefused(_("Write the whole host with its domain, such as pasar.kalidoni.go.id."))
    if host == settings.BASE_HOST or host.endswith(f".{settings.BASE_HOST}") or host in settings.INTERNAL_HOSTS:
        raise HostRefused(_("That is an address of this platform; write a host of your own."))
    if labels[-1] in _NEVER_PUBLIC and not settings.OWN_HOSTS_MAY_BE_LOCAL:
        raise HostRefused(_("No public DNS knows names that end in .%(last)s.") % {"last": labels[-1]})
    shared = host in _SHARED or any(host.endswith(f".{one}") for one in _SHARED)
    if shared or (len(labels) == 2 and len(labels[-1]) == 2 and labels[0] in _SECOND_LEVEL):
        raise HostRefused(_("%(host)s belongs to many; write a host of your own domain.") % {"host": host})
    return host


def shown(host: str) -> str:
    """The host as people write it."""
    try:
        return idna.decode(host)
    except (idna.IDNAError, UnicodeError):
        return host


def _must_be_no_address(name: str) -> None:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return
    raise HostRefused(_("That is a network address; write a host with a name."))
