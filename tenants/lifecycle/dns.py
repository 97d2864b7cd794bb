"""What the DNS says of a host, asked of the resolvers that settings name and never of the machine's own search list."""

from __future__ import annotations

import dns.exception
import dns.resolver
from django.conf import settings

# Seconds for a question with its retries: a page waits for it.
PATIENCE = 5.0


class Unanswered(Exception):
    """No resolver answered in time, or they could not: nothing is known of the host."""


def _resolver() -> dns.resolver.Resolver:
    own: list[str] = settings.DNS_RESOLVERS
    found = dns.resolver.Resolver(configure=not own)
    if own:
        pairs = [one.rpartition("@") if "@" in one else (one, "", "53") for one in own]
        found.nameservers = [address for address, _, _ in pairs]
        found.nameserver_ports = {address: int(port) for address, _, port in pairs}
    found.lifetime = PATIENCE
    found.timeout = PATIENCE / 2
    # A check must see what is there now.
    found.cache = None
    return found


def _ask(name: str, kind: str) -> list[object]:
    try:
        return list(_resolver().resolve(f"{name}.", kind, search=False))
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except (dns.exception.DNSException, OSError) as failure:
        raise Unanswered(type(failure).__name__) from failure


def texts_of(name: str) -> list[str]:
    """The TXT records at this name, each put together from its parts; empty where there is none.

    Raises:  Unanswered.
    """
    return [b"".join(one.strings).decode("utf-8", "replace") for one in _ask(name, "TXT")]  # type: ignore[attr-defined]


def addresses_of(host: str) -> set[str]:
    """The network addresses of this host; empty where there are none. Raises Unanswered."""
    return {str(one) for kind in ("A", "AAAA") for one in _ask(host, kind)}
