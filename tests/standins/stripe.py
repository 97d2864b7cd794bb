"""A Stripe of a test's own: a process with its own port, folder, clock and mistakes, and the real SDK to speak with it.

What it tells waits (`hold`) until a test takes it, so that the test hands it to the view in the order and number it likes.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.standins.stripe_shapes import CheckingClient

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400
PAYS = "4242424242424242"
FAILS_LATER = "4000000000000341"
DECLINED = "4000000000000002"


class Refused(Exception):
    """The stand-in's controls or pages said no; `status` and the text of the answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"{status}: {text}")
        self.status, self.text = status, text


@dataclass(frozen=True)
class Told:
    """One event on its way to an endpoint, signed."""

    url: str
    payload: str
    headers: dict[str, str]

    @property
    def signature(self) -> str:
        return self.headers["Stripe-Signature"]

    @property
    def event(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.payload)
        return found

    @property
    def kind(self) -> str:
        return str(self.event["type"])


@dataclass
class StripeStandIn:
    """A running stand-in. `client` is the real SDK that speaks to it."""

    home: Path
    key: str = field(default_factory=lambda: f"sk_test_{secrets.token_hex(12)}")
    secret: str = field(default_factory=lambda: f"whsec_{secrets.token_hex(12)}")
    endpoint: str = ""
    url: str = ""
    port: int = 0
    process: subprocess.Popen[str] | None = None

    @property
    def client(self) -> stripe.StripeClient:
        """The real SDK; every answer is held against its types."""
        return stripe.StripeClient(
            self.key, base_addresses={"api": self.url}, max_network_retries=0, http_client=CheckingClient()
        )

    def start(self) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("WARSA_")}
        told = {"WARSA_STRIPE_KEY": self.key, "WARSA_STRIPE_WEBHOOK_SECRET": self.secret}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.stripe_standin", "--home", str(self.home), "--port", str(self.port)],
            cwd=ROOT,
            env={**kept, **told, "WARSA_STRIPE_ENDPOINT": self.endpoint},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert "http://" in line, "the stand-in did not start"
        self.port = int(line.strip().rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self, by: int = signal.SIGTERM) -> None:
        if self.process is not None:
            self.process.send_signal(by)
            self.process.wait(10)
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def kill_and_restart(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()

    # The controls.

    def control(self, method: str, name: str, **given: object) -> Any:
        """Raises Refused."""
        request = urllib.request.Request(
            f"{self.url}/_control/{name}", data=json.dumps(given).encode() if method == "POST" else None, method=method
        )
        return json.loads(self._opened(request))

    def _opened(self, request: urllib.request.Request) -> str:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays())
        try:
            with opener.open(request, timeout=30) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as refusal:
            with refusal:
                if refusal.code == 303:
                    return str(refusal.headers["Location"])
                raise Refused(refusal.code, refusal.read().decode()) from None

    def reset(self) -> None:
        """As new: no objects, no events, the clock right, switches as at first; the endpoint is there again."""
        self.control("POST", "reset")
        if self.endpoint:
            self.listen(self.endpoint, self.secret)

    def listen(self, url: str, secret: str) -> None:
        """Events are told there from now on, signed with this secret."""
        self.control("POST", "endpoint", url=url, secret=secret)

    def now(self) -> int:
        return int(self.control("GET", "clock")["now"])

    def advance(self, seconds: float = 0, *, days: float = 0) -> None:
        """The account's clock goes on; renewals, retries and expiries on the way happen."""
        self.control("POST", "clock", advance=int(seconds + days * DAY))

    def switch(self, **switches: object) -> None:
        """`hold`, `duplicate`, `reorder`, `delay`, `drop`, `drop_next`, `forge`, `stale`, `retries`, `after_retries`, `fail_next` …"""
        self.control("POST", "switches", **switches)

    def fail_next(self, times: int = 1, *, why: str = "card_declined") -> None:
        self.switch(fail_next=times, fail_with=why)

    def take(self) -> list[Told]:
        """What waits to be told, in the order and number in which it would come; it waits no more."""
        return [Told(one["url"], one["payload"], one["headers"]) for one in self.control("POST", "take")["data"]]

    def flush(self) -> dict[str, int]:
        """Everything that waits is told to its endpoint now, by HTTP. How many were taken and refused."""
        found: dict[str, int] = self.control("POST", "flush")
        return found

    def deliveries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", "deliveries")["data"]
        return found

    def pay(self, session: str, card: str = PAYS) -> str:
        """Somebody pays a Checkout session. Returns where the browser would go. Raises Refused when the card does."""
        return str(self.control("POST", "pay", session=session, card=card)["success_url"])

    # Its pages, as a browser without scripts would use them.

    def page(self, url: str) -> str:
        """Raises Refused."""
        return self._opened(urllib.request.Request(self._here(url)))

    def send(self, url: str, **fields: str) -> str:
        """The page that follows, or where the browser is sent. Raises Refused."""
        return self._opened(
            urllib.request.Request(self._here(url), data=urllib.parse.urlencode(fields).encode(), method="POST")
        )

    def _here(self, url: str) -> str:
        return self.url + urllib.parse.urlsplit(url).path


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@contextmanager
def stripe_account(home: Path, *, endpoint: str = "", port: int = 0) -> Iterator[StripeStandIn]:
    """A stand-in that runs while the block does."""
    account = StripeStandIn(home, endpoint=endpoint, port=port)
    account.start()
    try:
        yield account
    finally:
        account.stop()


@pytest.fixture(scope="session")
def stripe_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeStandIn]:
    """One stand-in for all tests of a run."""
    with stripe_account(tmp_path_factory.mktemp("stripe"), endpoint="http://localhost/tagihan/stripe/") as account:
        yield account


@pytest.fixture
def stripe_standin(stripe_process: StripeStandIn) -> StripeStandIn:
    """An empty account; what it tells waits until the test takes it."""
    stripe_process.reset()
    stripe_process.switch(hold=True)
    return stripe_process
