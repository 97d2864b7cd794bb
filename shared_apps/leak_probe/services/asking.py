"""How the probe asks: over HTTP at the web's own address, as a visitor of a region would, on a connection that is kept."""

from __future__ import annotations

import http.client
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

# Seconds for each step of an answer; bytes of a page that are looked at.
PATIENCE = 10.0
MOST_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What came; `failure` is the name of the error where nothing came, and `status` 0 then."""

    status: int = 0
    headers: str = ""
    body: str = ""
    failure: str = ""


class Line:
    """One kept connection on which several regions are asked in turn."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
        # Answers since it was opened: a connection that was used may have been closed meanwhile, a new one may not.
        self._used = 0

    def ask(self, host: str, path: str) -> Answer:
        """One page of one region; it raises nothing."""
        while True:
            try:
                return self._ask(host, path)
            except (OSError, http.client.HTTPException) as failure:
                was_used = self._used > 0
                self.close()
                closed = isinstance(failure, http.client.RemoteDisconnected | ConnectionResetError | BrokenPipeError)
                if not (was_used and closed):
                    return Answer(failure=type(failure).__name__)

    def _ask(self, host: str, path: str) -> Answer:
        headers = {"Host": host, "X-Forwarded-Proto": "https", "User-Agent": "warsa-leak-probe", "Accept": "*/*"}
        self._connection.request("GET", path, headers=headers)
        came = self._connection.getresponse()
        told = "\n".join(f"{name}: {value}" for name, value in came.getheaders())
        body = came.read(MOST_BYTES).decode("utf-8", "replace")
        self._used += 1
        if not came.isclosed():
            # The rest of it would be taken for the next answer.
            self.close()
        return Answer(came.status, told, body)

    def close(self) -> None:
        with suppress(OSError):
            self._connection.close()
        self._used = 0
