"""A supplier's own server on this machine: it sends what the test puts there, and misbehaves when told to."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Lists:
    """What lies there, and how it is answered."""

    body: bytes = b""
    etag: str = ""
    location: str = ""
    status: int = 200
    # Says that more comes than does.
    breaks_off: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/harga.csv"


@contextmanager
def serving(lists: Lists) -> Iterator[Lists]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lists.asked.append((self.path, self.headers.get("If-None-Match", "")))
            if lists.etag and self.headers.get("If-None-Match") == lists.etag:
                self._say(304)
                return
            self._say(lists.status, lists.body if lists.status == 200 else b"")

        def _say(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if lists.location:
                self.send_header("Location", lists.location)
            if lists.etag:
                self.send_header("ETag", lists.etag)
            self.send_header("Content-Length", str(len(body) + (100 if lists.breaks_off else 0)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    lists.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield lists
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
