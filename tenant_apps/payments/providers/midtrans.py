"""Midtrans Core API, payment type QRIS.

Source:  docs.midtrans.com/reference/charge-transactions-1, /reference-link/qris (POST /v2/charge, Basic auth with the
         server key as user); /reference/get-transaction-status-1 (GET /v2/{order_id}/status);
         /reference/handle-notifications (signature_key, challenge by GET status); /reference/direct-refund-transaction,
         /reference-link/refund-transaction (refund_key). Amounts come as text with two decimals: "14500.00".
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings

from tenant_apps.payments.providers.base import (
    AlreadyCharged,
    Back,
    Charge,
    ProviderRefused,
    ProviderSilent,
    Status,
    Told,
)
from tenants.context import current_region
from tenants.kernel import clock

# Seconds. A payer looks at a page meanwhile, and a worker waits.
WITHIN = 10
# Their answers have some hundred bytes.
MOST_BYTES = 64 * 1024

_STATUS = {
    "pending": Status.PENDING,
    "authorize": Status.PENDING,
    "settlement": Status.PAID,
    "capture": Status.PAID,
    "deny": Status.FAILED,
    "cancel": Status.FAILED,
    "expire": Status.FAILED,
    "failure": Status.FAILED,
    "refund": Status.REFUNDED,
    "partial_refund": Status.REFUNDED,
}
# A signature covers order, code and amount, but not the word for the status: so the two have to agree.
_CODES = {Status.PENDING: ("201",), Status.PAID: ("200",), Status.REFUNDED: ("200",)}
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.0{1,2})?", re.ASCII)


def midtrans_here() -> Midtrans | None:
    """The region's own Midtrans account; None where no key for it stands in the environment."""
    key = settings.MIDTRANS_SERVER_KEYS.get(str(current_region().public_id))
    return Midtrans(settings.MIDTRANS_URL, key) if key else None


def whole_rupiah(text: Any) -> int | None:
    """ "14500.00" -> 14500, exactly; None for anything else, cents included."""
    found = _AMOUNT.fullmatch(text) if isinstance(text, str) else None
    return int(found[1]) if found else None


class Midtrans:
    name = "midtrans"

    def __init__(self, url: str, server_key: str) -> None:
        self._url, self._key = url, server_key

    def __repr__(self) -> str:
        return f"Midtrans({self._url})"

    def create_charge(self, *, order_id: str, amount: int, expires_at: datetime) -> Charge:
        start = clock.now()
        minutes = max(int((expires_at - start).total_seconds() // 60), 1)
        wish = {
            "payment_type": "qris",
            "transaction_details": {"order_id": order_id, "gross_amount": amount},
            "custom_expiry": {
                "order_time": start.astimezone(ZoneInfo("Asia/Jakarta")).strftime("%Y-%m-%d %H:%M:%S +0700"),
                "expiry_duration": minutes,
                "unit": "minute",
            },
        }
        answer = self._ask("POST", "/v2/charge", wish)
        code, payload = _code(answer), answer.get("qr_string")
        if code == "406":
            raise AlreadyCharged(order_id)
        if code != "201" or not isinstance(payload, str) or not payload:
            raise ProviderRefused(f"charge: {code}")
        if answer.get("order_id") != order_id or whole_rupiah(answer.get("gross_amount")) != amount:
            raise ProviderRefused("charge: another order or amount came back")
        return Charge(order_id, payload)

    def parse_notification(self, body: bytes, headers: Mapping[str, str]) -> Told | None:
        said = _object(body)
        parts = [said.get(name) for name in ("order_id", "status_code", "gross_amount")]
        signature = said.get("signature_key")
        if not all(isinstance(part, str) for part in parts) or not isinstance(signature, str):
            return None
        text = "".join(str(part) for part in parts) + self._key
        wanted = hashlib.sha512(text.encode(errors="replace")).hexdigest()
        if not hmac.compare_digest(wanted.encode(), signature.encode(errors="replace")):
            return None
        told = _told(said)
        if told is None or str(parts[1]) not in _CODES.get(told.status, (str(parts[1]),)):
            return None
        return told

    def status(self, order_id: str) -> Told | None:
        answer = self._ask("GET", f"/v2/{quote(order_id, safe='')}/status")
        if _code(answer) == "404":
            return None
        told = _told(answer)
        if told is None or told.order_id != order_id:
            raise ProviderRefused(f"status: {_code(answer)}")
        return told

    def expire(self, order_id: str) -> None:
        answer = self._ask("POST", f"/v2/{quote(order_id, safe='')}/expire")
        if _code(answer) not in ("200", "404", "407", "412"):
            raise ProviderSilent(f"expire: {_code(answer)}")

    def refund(self, *, order_id: str, key: str, amount: int, reason: str) -> None:
        wish = {"refund_key": key, "amount": amount, "reason": reason[:120] or "refund"}
        answer = self._ask("POST", f"/v2/{quote(order_id, safe='')}/refund/online/direct", wish)
        code = _code(answer)
        if code[:1] == "5":
            raise ProviderSilent(f"refund: {code}")
        if code != "200":
            raise ProviderRefused(f"refund: {code}")

    def _ask(self, method: str, path: str, wish: dict[str, Any] | None = None) -> dict[str, Any]:
        """One exchange. http.client follows no redirect, so the key goes to no other host."""
        at = urlsplit(self._url)
        kind = HTTPSConnection if at.scheme == "https" else HTTPConnection
        connection = kind(at.hostname or "", at.port, timeout=WITHIN)
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": "Basic " + base64.b64encode(f"{self._key}:".encode()).decode(),
        }
        try:
            connection.request(method, path, None if wish is None else json.dumps(wish), headers)
            answer = connection.getresponse()
            body = answer.read(MOST_BYTES)
            code = answer.status
        except (OSError, HTTPException) as failure:
            raise ProviderSilent(f"{method} {path.rsplit('/', 1)[-1]}: {type(failure).__name__}") from failure
        finally:
            connection.close()
        if code >= 500 or code in (408, 429):
            raise ProviderSilent(f"HTTP {code}")
        said = _object(body)
        if not said:
            raise ProviderSilent(f"HTTP {code} without an answer")
        return {"status_code": str(code), **said}


def _object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _code(answer: dict[str, Any]) -> str:
    return str(answer.get("status_code", ""))


def _told(said: dict[str, Any]) -> Told | None:
    amount = whole_rupiah(said.get("gross_amount"))
    status = _STATUS.get(str(said.get("transaction_status", "")))
    order_id, transaction_id = said.get("order_id"), said.get("transaction_id")
    if amount is None or status is None or not isinstance(order_id, str) or not isinstance(transaction_id, str):
        return None
    return Told(order_id, transaction_id, status, amount, _refunds(said, amount) if status == Status.REFUNDED else ())


def _refunds(said: dict[str, Any], amount: int) -> tuple[Back, ...]:
    rows = said.get("refunds")
    found = []
    for row in rows if isinstance(rows, list) else []:
        back = whole_rupiah(row.get("refund_amount")) if isinstance(row, dict) else None
        if back:
            found.append(Back(str(row.get("refund_key") or row.get("refund_chargeback_id") or "?")[:64], back))
    if found:
        return tuple(found)
    return (Back("all", whole_rupiah(said.get("refund_amount")) or amount),)
