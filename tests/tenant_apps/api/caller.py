"""Programs that call the API, and what they know."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.test import Client

from tenant_apps.accounts.access import Member
from tenant_apps.api.scopes import Scope
from tenant_apps.api.tokens import make_token
from tenants.hosts import host_of_slug
from tenants.identity.models import User
from tests.cast import Cast

EVERYTHING = tuple(Scope)
SHOP = (Scope.SHOP_READ, Scope.SHOP_WRITE)


class Caller:
    """A program with a key, or without one."""

    def __init__(self, text: str = "", slug: str = "kalidoni", language: str = "id") -> None:
        self.headers = {"host": host_of_slug(slug), "accept-language": language}
        if text:
            self.headers["authorization"] = f"Bearer {text}"
        self.client = Client(raise_request_exception=False)

    def __call__(self, method: str, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Any:
        """One request; a POST carries a new Idempotency-Key unless told otherwise."""
        sent = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if method == "POST" and key is not None:
            sent["idempotency-key"] = key or str(uuid.uuid4())
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        address = path if path.startswith("/") else f"/api/v1/{path}"
        return self.client.generic(method, address, data, content_type="application/json", headers=sent, secure=True)

    def get(self, path: str, **headers: str) -> Any:
        return self("GET", path, **headers)

    def post(self, path: str, body: Any = None, *, key: str | None = "", **headers: str) -> Any:
        return self("POST", path, body, key=key, **headers)

    def put(self, path: str, body: Any, **headers: str) -> Any:
        return self("PUT", path, body, **headers)


def key_of(user: User, *scopes: Scope) -> str:
    """The text of a new key of this person."""
    member = Member(user)
    from tenant_apps.api.scopes import TOKO_ROLES

    most = EVERYTHING if member.roles & TOKO_ROLES else SHOP
    return make_token(member=member, name="percobaan", scopes=scopes or most, days=30).text


def caller_of(user: User, *scopes: Scope, language: str = "id") -> Caller:
    return Caller(key_of(user, *scopes), language=language)


def two_kilos(market: Cast, price: int = 14_500, quantity: int = 2) -> dict[str, Any]:
    """Ratna's order: rice at Hasan's, picked up."""
    return {
        "warung": market.warung.slug,
        "method": "pickup",
        "name": "Ratna",
        "phone": "0812 0000 0001",
        "lines": [{"pack": market.kilo.pk, "quantity": quantity, "price": price}],
    }
