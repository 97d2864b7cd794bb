"""The HTTP server: the API at /v1/, the pages, the controls."""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from infra.stripe_standin import (
    api,
    catalog,
    charging,
    checkout,
    control,
    customers,
    delivery,
    events,
    events_api,
    invoices_api,
    pages,
    subscriptions_api,
)
from infra.stripe_standin.refusals import Refusal
from infra.stripe_standin.store import Book

# They add their addresses when they are imported.
PARTS = (catalog, customers, charging, invoices_api, subscriptions_api, checkout, events_api)
POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
LARGEST = 1_000_000


class Door(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    # An answer goes out in one piece: the SDK would wait 40 ms for the second otherwise.
    wbufsize = -1
    disable_nagle_algorithm = True
    book: Book
    desk: control.Control

    def do_GET(self) -> None:
        self.respond()

    def do_POST(self) -> None:
        self.respond()

    def do_DELETE(self) -> None:
        self.respond()

    def respond(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > LARGEST:
            self.close_connection = True
            self.say(413, "{}", {})
            return
        body = self.rfile.read(int(length)).decode(errors="replace")
        path = urlsplit(self.path).path
        try:
            if path.startswith("/v1/"):
                query = urlsplit(self.path).query
                said = api.answer(
                    self.book,
                    self.command,
                    path,
                    query,
                    body,
                    {name.title(): value for name, value in self.headers.items()},
                )
                self.say(said.status, said.body, said.headers)
            elif path.startswith("/_control/"):
                self.control(path, body)
            elif path == "/assets/style.css":
                self.say(200, pages.STYLE, {"Content-Type": "text/css"})
            else:
                self.page(path, body)
        except Exception as failure:
            traceback.print_exc()
            error = {"type": "api_error", "message": f"The stand-in failed: {failure!r}"}
            self.say(500, json.dumps({"error": error}), {"Content-Type": "application/json"})

    def control(self, path: str, body: str) -> None:
        # A page of some other site must not reach the controls from a browser.
        try:
            if self.headers.get("Origin"):
                raise Refusal("The controls are not for browsers.", status=403)
            status, said = 200, json.dumps(self.desk.answer(self.command, path, control.read(body)))
        except Refusal as refusal:
            status, said = refusal.status, json.dumps(refusal.body())
        self.say(status, said, {"Content-Type": "application/json"})

    def page(self, path: str, body: str) -> None:
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
        }
        try:
            with self.book.transaction(live="_live_" in path):
                show = (
                    pages.front_page(self.book) if path == "/" else pages.respond(self.book, self.command, path, body)
                )
            if isinstance(show, pages.Elsewhere):
                self.say(303, "", {"Location": str(show)})
            else:
                self.say(200, show, headers)
        except Refusal as refusal:
            self.say(refusal.status, pages.whole_page("Tidak dapat dibuka", f"<p>{escape(str(refusal))}</p>"), headers)

    def say(self, status: int, text: str, headers: dict[str, str]) -> None:
        data = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: what matters is in the events."""


def serve(home: Path, port: int, *, key: str, endpoint: str, secret: str, started: Callable[[int], None]) -> None:
    """Until the process is told to end. Port 0: any that is free, told to `started`."""
    book = Book(home)
    turn, stopping = threading.Lock(), threading.Event()
    door = type("OurDoor", (Door,), {"book": book, "desk": control.Control(book, turn)})
    server = ThreadingHTTPServer(("127.0.0.1", port), door)
    server.daemon_threads = True
    book.site = f"http://localhost:{server.server_port}"
    with book.transaction(live="_live_" in key):
        if key:
            book.set("key", key)
        if endpoint:
            known = book.find("webhook_endpoint", url=endpoint, _secret=secret)
            if not known:
                for other in book.find("webhook_endpoint", description="WARSA"):
                    book.entomb(other)
                events.endpoint(book, endpoint, ["*"], secret=secret, description="WARSA")
    worker = threading.Thread(target=delivery.work, args=(book, turn, stopping), daemon=True)
    worker.start()
    started(server.server_port)
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        stopping.set()
        server.server_close()
