"""Receivers of what a process sends about itself, over real HTTP on this machine."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli

_UNPACK: dict[str, Callable[[bytes], bytes]] = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@dataclass
class Received:
    """Every body that came, unpacked, with the path that it came to."""

    url: str
    port: int
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    def wait(self, enough: Callable[[list[tuple[str, bytes]]], bool], seconds: float = 15) -> list[tuple[str, bytes]]:
        """The bodies, as soon as they are enough."""
        deadline = time.monotonic() + seconds
        while not enough(self.bodies):
            assert time.monotonic() < deadline, self.bodies
            time.sleep(0.02)
        return self.bodies


@contextmanager
def receiver(answer: bytes = b"{}") -> Iterator[Received]:
    """A receiver that takes everything, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if self.headers.get("Transfer-Encoding") == "chunked":
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = _UNPACK[self.headers.get("Content-Encoding", "")](body)
            received.bodies.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    received = Received(f"http://127.0.0.1:{server.server_port}", server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield received
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
