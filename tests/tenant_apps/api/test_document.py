"""What the API says of itself is whole, and costs no thinking twice."""

from __future__ import annotations

import json

import pytest
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from tenant_apps.api.views.document import document
from tests.cast import Cast, browser_of
from tests.tenant_apps.api.caller import Caller


def test_the_document_is_made_without_a_warning(market: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    GENERATOR_STATS.reset()
    found = document()
    GENERATOR_STATS.emit_summary()
    assert not GENERATOR_STATS, capsys.readouterr().err
    validate_schema(found)  # type: ignore[no-untyped-call]


def test_every_operation_is_described(market: Cast) -> None:
    found = document()
    assert found["components"]["securitySchemes"].keys() == {"token", "session"}
    operations = [(path, method, what) for path, methods in found["paths"].items() for method, what in methods.items()]
    assert len(operations) > 40
    for path, method, what in operations:
        told = f"{method} {path}"
        assert what["summary"] and what["operationId"] and what["security"], told
        refusals = [answer for status, answer in what["responses"].items() if status >= "400"]
        assert refusals, told
        assert all("application/problem+json" in answer["content"] for answer in refusals), told
        names = {one["name"] for one in what.get("parameters", ())}
        if method == "post":
            assert "Idempotency-Key" in names, told
        if method == "get" and "next_cursor" in json.dumps(what["responses"]["200"]):
            assert {"limit", "cursor"} <= names, told


def test_the_document_is_kept(market: Cast) -> None:
    first = Caller().get("schema/")
    assert first.json()["info"]["title"] == "WARSA Kalidoni"
    assert first.headers["Cache-Control"].startswith("private")
    again = Caller().get("schema/", if_none_match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert Caller(slug="lombok").get("schema/").json()["info"]["title"] == "WARSA Lombok"


def test_the_page_lists_what_the_document_describes(market: Cast) -> None:
    page = browser_of(None).get("/api/v1/").content.decode()
    for path in document()["paths"]:
        assert path in page
    assert '<script src="http' not in page
