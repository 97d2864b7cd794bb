"""A customer who clicks: pages through Django's test client, forms sent with the fields that the page gave them."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client


class _Forms(HTMLParser):
    """Every form of a page: its address and what its fields hold."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), []))
        if not self.forms:
            return
        fields, name = self.forms[-1][1], given.get("name", "")
        if tag == "input" and name and "disabled" not in given:
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox"):
                if "checked" in given:
                    fields.append((name, given.get("value", "on")))
            elif kind not in ("submit", "button", "file"):
                fields.append((name, given.get("value", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            fields.append((self._select, given.get("value", "")))
        elif tag == "textarea" and name:
            fields.append((name, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""


def form_with(page: str, name: str) -> tuple[str, dict[str, list[str]]]:
    """The address of the form that has a field of this name, and what it would send as it stands.

    Raises:  LookupError for a page without such a form.
    """
    parser = _Forms()
    parser.feed(page)
    for address, fields in parser.forms:
        if name in dict(fields):
            sent: dict[str, list[str]] = {}
            for field, value in fields:
                sent.setdefault(field, []).append(value)
            return address, sent
    raise LookupError(f"no form with {name!r} among {parser.forms}")


def page(client: Client, path: str, **extra: Any) -> str:
    """The page behind an address. Raises AssertionError when it is not 200."""
    answer = client.get(path, **extra)
    assert answer.status_code == 200, f"GET {path}: {answer.status_code} {answer.headers.get('Location', '')}"
    text: str = answer.content.decode()
    return text


def send(client: Client, path: str, fields: Any, *, lands: str = "", **extra: Any) -> str:
    """A form is sent; returns where it leads. Raises AssertionError unless that is a redirect to an address with `lands` in it."""
    answer = client.post(path, fields, **extra)
    where: str = answer.headers.get("Location", "")
    assert answer.status_code == 302 and lands in where, (
        f"POST {path}: {answer.status_code} {where}\n{answer.content[:3000]!r}"
    )
    return where
