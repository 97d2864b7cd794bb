"""Fetching a file from an address that a stranger names: never from our own network, never much, never long."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from dataclasses import dataclass
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from shared_apps.price_lists.errors import BadAddress, PullFailed
from shared_apps.price_lists.files import MOST_BYTES

PORTS = (443, 8443)
MOST_REDIRECTS = 3
SECONDS = 40.0
SECONDS_OF_SILENCE = 10.0
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Fetched:
    """What the server sent; `data` is None where nothing changed since the last time."""

    data: bytes | None
    etag: str = ""
    modified: str = ""


def refuse_address(url: str) -> SplitResult:
    """Raises: BadAddress for what is no https address of the public internet, by its form."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").rstrip(".")
    except ValueError:
        raise BadAddress(_("This is no address. Write it like https://example.com/harga.csv.")) from None
    if url != url.strip() or any(ord(c) < 33 or ord(c) > 126 for c in url) or not host:
        raise BadAddress(_("This is no address. Write it like https://example.com/harga.csv."))
    if parts.username is not None or parts.password is not None:
        raise BadAddress(_("Write the address without a name and password."))
    if settings.PRICE_FEEDS_ALLOW_LOOPBACK:
        return parts
    if parts.scheme != "https":
        raise BadAddress(_("The address must begin with https://."))
    if port is not None and port not in PORTS:
        raise BadAddress(_("Write an address without a port number."))
    return parts


def fetch(url: str, *, etag: str = "", modified: str = "") -> Fetched:
    """The file at this address, by GET, with the marks of the last one.

    Every address, also one that a redirect leads to, is resolved here and only public ones are connected to: the connection
    goes to the very address that was looked at.
    Raises:  BadAddress; PullFailed with what happened.
    """
    deadline = time.monotonic() + SECONDS
    for _hop in range(MOST_REDIRECTS + 1):
        parts = refuse_address(url)
        answer = _once(parts, _public_address(parts), deadline, etag, modified)
        if isinstance(answer, Fetched):
            return answer
        url = urljoin(url, answer)
    raise PullFailed(_("The address leads on and on. Write the one where the file lies."))


def _public_address(parts: SplitResult) -> str:
    host = parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise PullFailed(_("There is no server of the name %(host)s.") % {"host": host[:100]}) from None
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(_may(ipaddress.ip_address(address.partition("%")[0])) for address in addresses):
        raise BadAddress(_("This address leads into a closed network. Write one of the public internet."))
    return addresses[0]


def _may(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if settings.PRICE_FEEDS_ALLOW_LOOPBACK and address.is_loopback:
        return True
    if isinstance(address, ipaddress.IPv6Address) and (address.ipv4_mapped or address.sixtofour or address.teredo):
        return False
    # 64:ff9b::/96 carries any IPv4 address.
    through = address in ipaddress.ip_network("64:ff9b::/96") if address.version == 6 else False
    return address.is_global and not address.is_multicast and not through


def _once(parts: SplitResult, address: str, deadline: float, etag: str, modified: str) -> Fetched | str:
    """The file, or the address to which the server sends us."""
    host = parts.hostname or ""
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS_OF_SILENCE)
    try:
        raw: socket.socket = socket.create_connection((address, port), timeout=SECONDS_OF_SILENCE)
        connection.sock = ssl.create_default_context().wrap_socket(raw, server_hostname=host) if secure else raw
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        marks = {"If-None-Match": etag, "If-Modified-Since": modified}
        headers = {
            "User-Agent": "WARSA price lists",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **{name: value for name, value in marks.items() if value},
        }
        connection.request("GET", target, headers=headers)
        answer = connection.getresponse()
        if answer.status in _MOVED:
            return str(answer.headers.get("Location", ""))
        if answer.status == 304:
            return Fetched(None, etag, modified)
        if answer.status != 200:
            raise PullFailed(
                _("The server answers %(status)s instead of sending the file.") % {"status": answer.status}
            )
        return Fetched(
            _body(answer, deadline),
            _mark(answer.headers.get("ETag"), 200),
            _mark(answer.headers.get("Last-Modified"), 60),
        )
    except (ssl.SSLError, ssl.CertificateError) as broken:
        raise PullFailed(_("The server's certificate is not valid.")) from broken
    except TimeoutError as late:
        raise PullFailed(_("The server did not answer in time.")) from late
    except (OSError, http.client.HTTPException, ValueError) as broken:
        raise PullFailed(_("The server could not be reached.")) from broken
    finally:
        connection.close()


def _body(answer: http.client.HTTPResponse, deadline: float) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        piece = answer.read1(64 * 1024)
        if not piece:
            # A read that ends early is no file: half a list must not pass for the whole.
            if answer.length:
                raise PullFailed(_("The server broke off in the middle of the file."))
            return b"".join(pieces)
        size += len(piece)
        if size > MOST_BYTES:
            raise PullFailed(_("The file is larger than 20 MB."))
        if time.monotonic() > deadline:
            raise PullFailed(_("The server did not answer in time."))
        pieces.append(piece)


def _mark(text: str | None, most: int) -> str:
    """What the server calls this state of the file, to be said back; nothing where it is no plain text."""
    return text if text and len(text) <= most and text.isascii() and text.isprintable() else ""
