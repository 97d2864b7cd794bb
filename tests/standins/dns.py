"""A DNS server of our own, over UDP on loopback: it answers what the test wrote down, and can refuse or be silent."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class Zone:
    """What the server knows: name and kind to texts. `refuses` answers SERVFAIL, `silent` not at all."""

    port: int = 0
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    refuses: bool = False
    silent: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def resolver(self) -> str:
        """As the setting DNS_RESOLVERS names it."""
        return f"127.0.0.1@{self.port}"

    def txt(self, name: str, *values: str) -> None:
        """These are the TXT records at the name; none takes them away."""
        self.records[name, "TXT"] = [f'"{value}"' for value in values]

    def address(self, name: str, *values: str) -> None:
        self.records[name, "A"] = list(values)

    def alias(self, name: str, target: str) -> None:
        self.records[name, "CNAME"] = [f"{target}."]

    def answer(self, wire: bytes) -> bytes | None:
        question = dns.message.from_wire(wire)
        reply = dns.message.make_response(question)
        reply.flags |= dns.flags.RA
        asked = question.question[0]
        name, kind = str(asked.name).rstrip(".").lower(), dns.rdatatype.to_text(asked.rdtype)
        self.asked.append((name, kind))
        if self.silent:
            return None
        if self.refuses:
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        known = {one for one, _ in self.records}
        for _ in range(8):
            alias = self.records.get((name, "CNAME"))
            if not alias:
                break
            reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *alias))
            name = alias[0].rstrip(".")
        values = self.records.get((name, kind), [])
        if values:
            reply.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *values))
        elif name not in known:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()


@contextmanager
def dns_server() -> Iterator[Zone]:
    """A server with an empty zone, until the block ends."""
    zone = Zone()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            wire, socket = self.request
            answer = zone.answer(wire)
            if answer is not None:
                socket.sendto(answer, self.client_address)

    with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler) as server:
        zone.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield zone
        finally:
            server.shutdown()
            thread.join()
