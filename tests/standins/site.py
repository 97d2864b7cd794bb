"""The platform's own site over real HTTP, in the test's process: for programmes that call it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 64


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        return None


@contextmanager
def site() -> Iterator[tuple[str, int]]:
    """Its host and port, until the block ends. Needs committed data: each request has a connection of its own."""
    whole = WSGIHandler()

    def app(environ: dict[str, Any], start: Any) -> Any:
        try:
            answer = whole(environ, start)
            body = b"".join(answer)
            answer.close()
            return [body]
        finally:
            connection.close()

    server = _Server(("127.0.0.1", 0), _Quiet)
    server.set_app(app)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
