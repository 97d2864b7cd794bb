"""A supplier's own programme on the loopback: it takes orders, answers them, and has bad days.

It keeps what it was told, by key, as docs/connector.md asks of it. Faults wait in a queue, one for each call; what it sends back
waits too, until a test lets it go: once or several times, in order or shuffled.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

from shared_apps.exchange.connectors import seals

# 500 before anything is kept; the others keep the message, and then say nothing, hang up, or take their time.
Fault = Literal["500", "silent", "drop", "late"]


@dataclass
class Marketplace:
    """One supplier's programme."""

    supplier: str
    secret: str
    # Where WARSA listens: host, port.
    home: tuple[str, int] = ("127.0.0.1", 0)
    url: str = ""
    # Messages by key, the first of each; how often each came; and the orders by number, as they were first told.
    kept: dict[str, dict[str, Any]] = field(default_factory=dict)
    came: Counter[str] = field(default_factory=Counter)
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    forged: int = 0
    faults: list[Fault] = field(default_factory=list)
    # How long it is silent, or late, in seconds.
    pause: float = 0.5
    # Set while it has kept a message and has not answered yet.
    holding: threading.Event = field(default_factory=threading.Event)
    # What each event of its own was answered, every time.
    answers: dict[str, list[tuple[int, dict[str, Any]]]] = field(default_factory=dict)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def take(self, headers: Mapping[str, str], body: bytes) -> tuple[int, Fault | None]:
        """Somebody calls. The fault is what the door does with the answer."""
        with self._lock:
            fault = self.faults.pop(0) if self.faults else None
            if fault == "500":
                return 500, None
            if not seals.is_sealed(
                self.secret, headers.get(seals.TIMESTAMP, ""), headers.get(seals.SIGNATURE, ""), body
            ):
                self.forged += 1
                return 401, None
            key = headers[seals.KEY]
            self.came[key] += 1
            if key not in self.kept:
                told = self.kept[key] = json.loads(body)
                if headers[seals.EVENT] == "send":
                    assert told["number"] not in self.orders, "an order came twice"
                    self.orders[told["number"]] = told
            return 200, fault

    def steps(self, number: str) -> list[str]:
        """What it was told of an order, oldest first."""
        told = [one for one in self.kept.values() if one.get("number") == number]
        return [one["step"]["name"] for one in sorted(told, key=lambda one: one["step"]["sequence"])]

    def say(
        self,
        number: str,
        event_id: str,
        kind: str,
        data: Mapping[str, Any] | None = None,
        *,
        secret: str = "",
        at: int = 0,
    ) -> tuple[int, dict[str, Any]]:
        """An event over HTTP, signed now."""
        body = json.dumps({"id": event_id, "type": kind, "data": data or {}}).encode()
        signed = seals.sealed_now(secret or self.secret, body)
        if at:
            signed = {seals.TIMESTAMP: str(at), seals.SIGNATURE: seals.seal(self.secret, str(at), body)}
        return self.push(number, body, signed, event_id)

    def push(
        self, number: str, body: bytes, signed: Mapping[str, str], event_id: str = ""
    ) -> tuple[int, dict[str, Any]]:
        call = HTTPConnection(*self.home, timeout=20)
        headers = {"Host": "localhost", "Content-Type": "application/json", seals.SUPPLIER: self.supplier, **signed}
        try:
            call.request("POST", f"/pemasok/api/pesanan/{number}/", body, headers)
            response = call.getresponse()
            answer = (response.status, json.loads(response.read() or b"{}"))
        finally:
            call.close()
        with self._lock:
            self.answers.setdefault(event_id, []).append(answer)
        return answer


@contextmanager
def marketplace(supplier: str, secret: str) -> Iterator[Marketplace]:
    """The programme, answering on a free port until the block ends."""
    here = Marketplace(supplier, secret)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, fault = here.take(dict(self.headers.items()), body)
            self.close_connection = True
            if fault in ("silent", "late"):
                here.holding.set()
                time.sleep(here.pause * (3 if fault == "silent" else 1))
                here.holding.clear()
            if fault in ("silent", "drop"):
                return
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                # Whoever asked is gone.
                return

        def log_message(self, format: str, *args: Any) -> None:
            return None

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Handler)) as server:
        here.url = f"http://127.0.0.1:{server.server_port}/orders"
        yield here


@contextmanager
def _serving(server: ThreadingHTTPServer) -> Iterator[ThreadingHTTPServer]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
