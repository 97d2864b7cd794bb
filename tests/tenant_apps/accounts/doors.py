"""How tests walk through the doors: clients of a region's site, and the messages that wait in its outbox."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.http import HttpResponse
from django.test import Client

from tenants.identity.models import User
from tenants.outbox.models import OutboxMessage

PASSWORD = "rahasia-warga-9"


class Door:
    """A browser at one region's site."""

    def __init__(self, slug: str = "kalidoni", user: User | None = None) -> None:
        self.client = Client(headers={"host": f"{slug}.localhost" if slug else "localhost"})
        if user is not None:
            self.client.force_login(user)

    def get(self, path: str, **data: Any) -> Any:
        return self.client.get(path, data, secure=True)

    def post(self, path: str, **data: Any) -> Any:
        return self.client.post(path, data, secure=True)

    def post_and_follow(self, path: str, **data: Any) -> Any:
        return self.client.post(path, data, secure=True, follow=True)

    @property
    def user(self) -> Any:
        """Whom the site takes this browser for."""
        return self.get("/").wsgi_request.user

    @property
    def signed_in(self) -> bool:
        return bool(self.user.is_authenticated)


def a_number() -> str:
    """A phone number of this test's own (E.164), for limits outlive a rolled back test."""
    return f"+62812{uuid.uuid4().int % 10**8:08}"


def an_address() -> str:
    """An e-mail address of this test's own."""
    return f"{uuid.uuid4().hex}@example.test"


def messages_to(address: str) -> list[str]:
    """The bodies that wait for this address in the bound region, oldest first."""
    return [m.payload["body"] for m in OutboxMessage.objects.filter(payload__to=address).order_by("pk")]


def code_to(address: str) -> str:
    """The code of the newest message to this address."""
    found = re.search(r"\b\d{6,8}\b", messages_to(address)[-1].replace(address, ""))
    assert found
    return found.group()


def token_in(text: str) -> str:
    found = re.search(r"/undangan/([\w-]+)/", text)
    assert found
    return found.group(1)


def words(answer: HttpResponse) -> str:
    return answer.content.decode()
