"""A web process in which regions take turns, and that loses nobody at its beginning or its end."""

from __future__ import annotations

import re
import socket
import sys
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation
from gunicorn.workers.gthread import ThreadWorker

from tenants.turns import Turns

# Of one site so many wait in a process; gunicorn holds a thousand connections in all.
QUEUE = 100
# Bytes of a request in which its host is looked for.
HEAD = 4096
_HOST = re.compile(rb"\r\nhost:[ \t]*([^\s:]+)", re.IGNORECASE)
_STATIC = b"GET /static/"


class FairWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's with threads. Sites take turns, and nobody is left waiting at a door that will not open again.

    gunicorn's own stops accepting when it is told to end, but keeps the door while requests and kept connections last; who
    comes then waits in the queue and is cut off. Here the queue is let in first, and then there is no door: a proxy that is
    refused asks elsewhere.

    Sites take turns at the threads. gunicorn's own serves in the order of coming, so that everybody would stand behind the crowd
    of one region, even if that is only refused.
    """

    def init_process(self) -> None:
        self.turns: Turns[Any] = Turns(self.cfg.threads, each=self._seats_of, queue=QUEUE)
        for door in self.sockets:
            if door.family in (socket.AF_INET, socket.AF_INET6):
                # Who is let in has said where they want to go.
                door.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 1)
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        # Now there are settings; the arbiter reads this module before.
        from tenants.fairness import fairness
        from tenants.middleware import busy_page
        from tenants.observing import numbers

        self.fairness, self.refused = fairness, numbers.requests.labels("region", "door", "429")
        self.busy = busy_page().encode()

    def _seats_of(self, site: bytes) -> int:
        return self.fairness.seats(site.decode("ascii", "replace"))

    def _debt_of(self, site: bytes) -> int:
        return self.fairness.seconds_of_debt(site.decode("ascii", "replace"))

    def _send_away(self, conn: Any, seconds: int) -> None:
        """The page of a region that is busy, said at the door: it takes no thread, and no time of the others."""
        words = (
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"
            f"Retry-After: {seconds}\r\nContent-Length: {len(self.busy)}\r\nConnection: close\r\n\r\n"
        )
        with suppress(OSError):
            conn.sock.setblocking(False)
            # What lies unread when a line is closed takes the answer with it.
            conn.sock.recv(1 << 16)
            conn.sock.send(words.encode() + self.busy)
        conn.close()
        self.refused.inc()

    def enqueue_req(self, conn: Any) -> None:
        head = _head_of(conn.sock)
        found = _HOST.search(head)
        conn.site = found[1].lower() if found else b""
        # Forms are read and answered inside: what is cut off in the middle of its body sees no answer.
        seconds = self._debt_of(conn.site) if head.startswith(b"GET ") and not head.startswith(_STATIC) else 0
        if not seconds and self.turns.add(conn.site, conn):
            self._let_in()
        else:
            self.nr_conns -= 1
            self._send_away(conn, seconds or 1)

    def _let_in(self) -> None:
        while (next_one := self.turns.take()) is not None:
            super().enqueue_req(next_one[1])

    def finish_request(self, conn: Any, fs: Any) -> None:
        self.turns.left(conn.site)
        super().finish_request(conn, fs)
        self._let_in()

    def set_accept_enabled(self, enabled: bool) -> None:
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for door in self.sockets:
            before = -1
            while before != self.nr_conns:
                before = self.nr_conns
                self.accept(door)
            door.close()


def _head_of(line: socket.socket) -> bytes:
    """The request as far as it has come; nothing is taken from the line."""
    try:
        return line.recv(HEAD, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except OSError:
        return b""


def warm(worker: Any) -> None:
    """All pages and words are loaded before the first visitor comes, who would wait for it; and so would those behind them."""
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        get_resolver(urlconf)._populate()
    for language, _name in settings.LANGUAGES:
        # Read when it is first put on.
        with translation.override(language):
            pass
    for name in ("ui/shell_platform.html", "ui/shell_region.html", "ui/shell_work.html"):
        get_template(name)


def take_short_turns() -> None:
    """A thread that computes for long hands over after half a millisecond, not five.

    A page asks the database some ten times and must get its turn back each time: beside one long export that would cost it ten
    times five milliseconds.
    """
    sys.setswitchinterval(0.0005)
