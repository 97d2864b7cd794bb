"""A wire to PostgreSQL that can go silent: nothing is closed, nothing arrives."""

from __future__ import annotations

import os
import select
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


class Wire:
    """Carries every connection to the server behind it, until it is cut."""

    def __init__(self, server: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="warsa-wire-"))
        self.server = server
        self.silent = threading.Event()
        self.carried = 0
        self._closing = threading.Event()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self.folder / ".s.PGSQL.5432"))
        self._door.listen()
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        while not self._closing.is_set():
            if self.silent.wait(0.005):
                continue
            ends = {end: other for pair in self._pairs for end, other in (pair, pair[::-1])}
            ready, _, _ = select.select([self._door, *ends], [], [], 0.01)
            for end in ready:
                if self.silent.is_set():
                    break
                if end is self._door:
                    there = socket.socket(socket.AF_UNIX)
                    there.connect(self.server)
                    self._pairs.append((self._door.accept()[0], there))
                    self.carried += 1
                    continue
                with suppress(OSError):
                    data = end.recv(65_536)
                    if data:
                        ends[end].sendall(data)
                        continue
                self._drop(end)

    def _drop(self, end: socket.socket) -> None:
        for pair in [pair for pair in self._pairs if end in pair]:
            self._pairs.remove(pair)
            for one in pair:
                one.close()

    def close(self) -> None:
        self._closing.set()
        self._thread.join()
        for pair in self._pairs:
            for end in pair:
                end.close()
        self._door.close()
        shutil.rmtree(self.folder)


@contextmanager
def wire_to(database: dict[str, Any]) -> Iterator[tuple[Wire, dict[str, Any]]]:
    """A wire to this entry of DATABASES, and the entry that leads through it."""
    wire = Wire(os.path.join(database["HOST"], f".s.PGSQL.{database['PORT']}"))
    try:
        yield wire, {**database, "HOST": str(wire.folder), "PORT": "5432"}
    finally:
        wire.close()
