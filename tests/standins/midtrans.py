"""Midtrans Core API (QRIS) on the loopback: charges, status, expire, refund, a page to pay on, signed notifications.

It keeps what it was told, as the real one does; its notifications wait in a queue until a test lets them go, with switches
for those that come twice, in another order, late, never, or from somebody else.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from lokal.qris import qris_crc

CODES = {
    "pending": "201",
    "settlement": "200",
    "expire": "407",
    "deny": "202",
    "cancel": "200",
    "refund": "200",
    "partial_refund": "200",
}


@dataclass
class Charged:
    """A charge as the provider has it."""

    order_id: str
    amount: int
    transaction_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    status: str = "pending"
    refunds: list[dict[str, Any]] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "status_code": CODES[self.status],
            "status_message": "midtrans stand-in",
            "transaction_id": self.transaction_id,
            "order_id": self.order_id,
            "merchant_id": "G000000001",
            "gross_amount": f"{self.amount}.00",
            "currency": "IDR",
            "payment_type": "qris",
            "transaction_time": "2026-11-25 10:00:00",
            "transaction_status": self.status,
            "fraud_status": "accept",
            "acquirer": "gopay",
        }
        if self.refunds:
            told["refund_amount"] = f"{sum(one['amount'] for one in self.refunds)}.00"
            told["refunds"] = [
                {"refund_key": one["key"], "refund_amount": f"{one['amount']}.00", "reason": one["reason"]}
                for one in self.refunds
            ]
        return told


@dataclass
class Switches:
    """How notifications come: so many times each, shuffled, without these statuses, signed by somebody else."""

    times: int = 1
    shuffle: Random | None = None
    drop: frozenset[str] = frozenset()
    forged: bool = False
    # They stay in the queue.
    delay: bool = False


class MidtransStandIn:
    """One merchant account."""

    def __init__(self, server_key: str) -> None:
        self.server_key = server_key
        self.charges: dict[str, Charged] = {}
        self.queue: list[dict[str, Any]] = []
        self.switches = Switches()
        self.asked: list[str] = []
        # The next so many requests are answered with an error of the server, or after the work is done, with nothing.
        self.broken = 0
        self.mute = 0
        self.refuses_refunds = False
        self.refuses_charges = False
        # What its answers say instead, as when it mixes up two requests.
        self.mixed_up: dict[str, str] = {}
        self._lock = threading.RLock()
        self.url = ""

    # What happens to a charge outside of our reach.

    def pay(self, order_id: str, amount: int | None = None) -> None:
        """Somebody scanned the code and paid; `amount` where it is not what was asked for."""
        with self._lock:
            charge = self.charges[order_id]
            if amount is not None:
                charge.amount = amount
            self._now(charge, "settlement")

    def end(self, order_id: str, status: str) -> None:
        """expire, deny, cancel."""
        with self._lock:
            self._now(self.charges[order_id], status)

    def refund_at_dashboard(self, order_id: str, amount: int, key: str = "dashboard-1") -> None:
        with self._lock:
            self._refund(self.charges[order_id], amount, key, "dashboard")

    def told(self) -> list[bytes]:
        """The notifications that leave now, as the switches say. They leave the queue."""
        with self._lock:
            how = self.switches
            if how.delay:
                return []
            waiting = [said for said in self.queue if said["transaction_status"] not in how.drop]
            self.queue.clear()
            leaving = [
                json.dumps(self.signed(said, forged=how.forged)).encode() for said in waiting for _ in range(how.times)
            ]
            if how.shuffle is not None:
                how.shuffle.shuffle(leaving)
            return leaving

    def signed(self, said: dict[str, Any], *, forged: bool = False) -> dict[str, Any]:
        key = "somebody-else" if forged else self.server_key
        text = said["order_id"] + said["status_code"] + said["gross_amount"] + key
        return {**said, "signature_key": hashlib.sha512(text.encode()).hexdigest()}

    def _now(self, charge: Charged, status: str) -> None:
        charge.status = status
        self.queue.append(charge.said())

    def _refund(self, charge: Charged, amount: int, key: str, reason: str) -> None:
        charge.refunds.append({"key": key, "amount": amount, "reason": reason})
        whole = sum(one["amount"] for one in charge.refunds) == charge.amount
        self._now(charge, "refund" if whole else "partial_refund")

    # Its HTTP side.

    def answer(self, method: str, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any] | None]:
        with self._lock:
            self.asked.append(f"{method} {path}")
            if self.broken:
                self.broken -= 1
                return 503, {"status_code": "503"}
            if path.startswith("/pay/"):
                self.pay(path.removeprefix("/pay/"))
                return 200, {"paid": True}
            if key != self.server_key:
                return 401, {"status_code": "401", "status_message": "Unknown Merchant server_key/id"}
            status, said = self._work(method, path, body)
            if self.mute:
                self.mute -= 1
                return status, None
            return status, {**said, **self.mixed_up}

    def _work(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if (method, path) == ("POST", "/v2/charge"):
            return self._charge(body)
        found = re.fullmatch(r"/v2/([^/]+)/(status|expire|refund/online/direct)", path)
        charge = self.charges.get(found[1]) if found else None
        if found is None or charge is None:
            return 404, {"status_code": "404", "status_message": "Transaction doesn't exist."}
        if found[2] == "status":
            return 200, charge.said()
        if found[2] == "expire":
            if charge.status != "pending":
                return 200, {"status_code": "412", "status_message": "Merchant cannot modify the status"}
            self._now(charge, "expire")
            return 200, charge.said()
        return self._give_back(charge, body)

    def _charge(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        wanted = body["transaction_details"]
        order_id, amount = wanted["order_id"], wanted["gross_amount"]
        if self.refuses_charges:
            return 200, {"status_code": "402", "status_message": "Payment channel is not activated."}
        if order_id in self.charges:
            return 200, {"status_code": "406", "status_message": "The order_id has been used."}
        assert body["payment_type"] == "qris" and isinstance(amount, int) and len(order_id) <= 50
        charge = self.charges[order_id] = Charged(order_id, amount)
        self._now(charge, "pending")
        shown = f"00020101021251170013ID.CO.GOPAY.W52045411530336054{len(str(amount)):02d}{amount}5802ID5905TOKO 6005KOTA 6304"
        return 200, {**charge.said(), "qr_string": shown + qris_crc(shown)}

    def _give_back(self, charge: Charged, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if self.refuses_refunds or charge.status not in ("settlement", "partial_refund"):
            return 200, {"status_code": "412", "status_message": "Refund is not allowed"}
        if all(one["key"] != body["refund_key"] for one in charge.refunds):
            self._refund(charge, body["amount"], body["refund_key"], body["reason"])
        return 200, charge.said()


@contextmanager
def midtrans(server_key: str) -> Iterator[MidtransStandIn]:
    """The stand-in, answering on a free port until the block ends."""
    account = MidtransStandIn(server_key)

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}")
            word = self.headers.get("Authorization", "").removeprefix("Basic ")
            key = base64.b64decode(word).decode().removesuffix(":") if word else ""
            status, said = account.answer(self.command, self.path, key, body)
            if said is None:
                self.close_connection = True
                return
            out = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        do_GET = do_POST = _serve

        def log_message(self, format: str, *args: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    account.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield account
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
