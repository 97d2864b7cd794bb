"""A POST to an address that a supplier wrote down: over HTTPS, to the open internet alone, never for long.

The name is looked up once and the connection goes to the very address that was looked at, so no second answer of the name's
server leads inside. Redirects are not followed.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from tenants.kernel.errors import DomainError

# Seconds: for each answer of the other machine, and for all of it.
WITHIN, IN_ALL = 8, 20
MOST_BYTES = 64 * 1024


class BadAddress(DomainError):
    """An address that orders are not sent to."""

    code = "bad_address"
    status = 400


class NotTaken(Exception):
    """The other programme did not answer, or not with "taken"."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def checked(url: str) -> SplitResult:
    """The address in its parts.

    Raises:  BadAddress for what is no https address of the open internet, as far as that can be told without asking.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as bad:
        raise BadAddress(_("Write an address such as https://example.com/orders.")) from bad
    allowed = ("https", "http") if settings.CONNECTORS_ON_LOOPBACK else ("https",)
    if parts.scheme not in allowed or not parts.hostname or parts.username or parts.password or port == 0:
        raise BadAddress(_("Write an address such as https://example.com/orders."))
    if not url.isascii() or any(sign.isspace() or not sign.isprintable() for sign in url.strip()):
        raise BadAddress(_("Write an address such as https://example.com/orders."))
    try:
        number = ipaddress.ip_address(parts.hostname)
    except ValueError:
        return parts
    _must_be_open(number, parts.scheme)
    return parts


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """What the other programme answered, whatever it was.

    Raises:  BadAddress; NotTaken when it did not answer in time, or with nothing that is HTTP.
    """
    parts = checked(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = HTTPConnection(host, port, timeout=WITHIN)
    # Whoever answers a byte at a time is hung up on.
    alarm = threading.Timer(IN_ALL, _hang_up, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        plain = socket.create_connection((_looked_up(host, port, parts.scheme), port), WITHIN)
        connection.sock = (
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) if parts.scheme == "https" else plain
        )
        connection.request("POST", path, body, {**headers, "Content-Type": "application/json", "User-Agent": "WARSA"})
        response = connection.getresponse()
        return Answer(response.status, response.read(MOST_BYTES))
    except (OSError, HTTPException, UnicodeError, ValueError) as failure:
        raise NotTaken(f"{type(failure).__name__}: {failure}"[:200]) from failure
    finally:
        alarm.cancel()
        connection.close()


def _looked_up(host: str, port: int, scheme: str) -> str:
    """The number to connect to. All that the name stands for must be open, or none is asked."""
    numbers = [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for number in numbers:
        _must_be_open(ipaddress.ip_address(number), scheme)
    return numbers[0]


def _must_be_open(number: ipaddress.IPv4Address | ipaddress.IPv6Address, scheme: str) -> None:
    inner = getattr(number, "ipv4_mapped", None) or getattr(number, "sixtofour", None) or number
    if settings.CONNECTORS_ON_LOOPBACK and inner.is_loopback:
        return
    if scheme != "https" or not (number.is_global and inner.is_global) or inner.is_multicast:
        raise BadAddress(_("This address is not on the open internet."))


def _hang_up(connection: HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
