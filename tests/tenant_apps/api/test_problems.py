"""Refusals: problem documents in the caller's language, whatever was sent."""

from __future__ import annotations

from typing import Any

import pytest

from tenant_apps.api import throttling
from tenant_apps.orders.models import Order
from tests.cast import Cast
from tests.tenant_apps.api.caller import Caller, caller_of, two_kilos


@pytest.mark.parametrize(
    ("language", "said", "text"),
    [
        ("id", "id", "Tidak ada yang seperti itu di sini."),
        ("en", "en", "There is no such thing here."),
        ("en-GB,id;q=0.5", "en", "There is no such thing here."),
        ("fr", "id", "Tidak ada yang seperti itu di sini."),
    ],
)
def test_a_problem_is_told_in_the_callers_language(market: Cast, language: str, said: str, text: str) -> None:
    answer = Caller(language=language).get("nothing/here")
    assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/problem+json")
    assert (answer.headers["Content-Language"], answer.json()["detail"]) == (said, text)
    assert answer.json() == {
        "type": "urn:warsa:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "code": "not_found",
        "detail": text,
    }


def test_each_wrong_field_is_pointed_at(market: Cast) -> None:
    body = two_kilos(market)
    body["lines"] = [body["lines"][0], {"pack": market.piece.pk, "quantity": 0, "price": 2_000}]
    body["name"] = ""
    answer = caller_of(market.ratna).post("orders/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert {one["pointer"] for one in answer.json()["errors"]} == {"/lines/1/quantity", "/name"}
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("case", "body", "status"),
    [
        ("no JSON", b"{", 400),
        ("empty", b"", 422),
        ("not UTF-8", b'{"name": "\xff"}', 400),
        ("a list", b"[]", 422),
        ("a text", b'"x"', 422),
        ("null", b"null", 422),
        ("too deep", b"[" * 200_000, 400),
        ("not a number", b'{"name": NaN}', 400),
        ("a number of 5,000 digits", b'{"fee": ' + b"9" * 5_000 + b"}", 400),
        ("too large", b" " * 1_100_000, 413),
    ],
)
def test_bodies_that_are_none(market: Cast, case: str, body: bytes, status: int) -> None:
    answer = caller_of(market.ratna).post("orders/", body)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json"), case


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "\x00"),
        ("name", "\ud800"),
        ("note", "x" * 241),
        ("fee", 10**30),
        ("fee", -1),
        ("fee", "\u0661\u0662x"),
        ("warung", "../../etc"),
        ("method", "teleport"),
        ("pay", "shells"),
        ("phone", "x" * 41),
        ("lines", [{"pack": 2**63, "quantity": 1, "price": 1}]),
        ("lines", [{"pack": True, "quantity": [], "price": {}}]),
        ("lines", {}),
        ("address", []),
    ],
)
def test_values_that_cannot_be(market: Cast, field: str, value: Any) -> None:
    answer = caller_of(market.ratna).post("orders/", {**two_kilos(market), field: value})
    assert answer.status_code == 422, answer.content
    assert answer.json()["errors"][0]["pointer"].startswith(f"/{field}")
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("products/?limit=0", 422),
        ("products/?limit=101", 422),
        ("products/?limit=abc", 422),
        ("products/?limit=%D9%A3", 200),
        ("products/?cursor=nonsense", 400),
        ("products/?q=%00", 422),
        ("warungs/?rw=99999999999999999999", 422),
        ("warungs/?open_now=maybe", 422),
        ("search/", 422),
        ("products/not-a-uuid/", 404),
        ("products/6d9a514b-0491-41c6-889e-4f63a6404fb3/", 404),
        ("warungs/%00/", 404),
        ("warungs/nobodys/", 404),
        ("%0A", 404),
        ("products", 404),
    ],
)
def test_questions_that_cannot_be(market: Cast, path: str, status: int) -> None:
    answer = Caller().get(path)
    assert answer.status_code == status, answer.content
    if status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_other_media_types_and_methods(market: Cast) -> None:
    ratna = caller_of(market.ratna)
    headers = {**ratna.headers, "idempotency-key": "12345678"}
    answer = ratna.client.post("/api/v1/orders/", {"name": "x"}, headers=headers, secure=True)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    answer = ratna("PATCH", "me/")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "PUT", "HEAD"}
    assert ratna("OPTIONS", "me/").status_code == 405


def test_too_many_requests(market: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttling, "KEY", 3)
    ratna, other = caller_of(market.ratna), caller_of(market.ratna)
    for _time in range(3):
        assert ratna.get("me/").status_code == 200
    answer = ratna.get("me/")
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    # Another key of the same person is counted for itself, and both for the person.
    assert other.get("me/").status_code == 200
    monkeypatch.setattr(throttling, "PERSON", 4)
    assert other.get("me/").status_code == 429
    monkeypatch.setattr(throttling, "ANONYMOUS", 1)
    Caller().get("region/")
    assert Caller().get("region/").status_code == 429
