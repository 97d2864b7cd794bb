"""Pages for what went wrong: in the site's own look, saying what to do, leaking nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

import warsa.ui
from tenants.kernel.errors import DomainError
from tenants.middleware import DomainErrorMiddleware
from tenants.models import Region
from tests.warsa.ui.seeing import Seen
from tests.warsa.ui.test_components import HOSTILE
from warsa import views

STATIC_PAGES = sorted((Path(str(warsa.ui.__file__)).parent / "templates" / "static_pages").glob("[a-z0-9]*.html"))


@pytest.mark.parametrize(("host", "brand"), [("localhost", "WARSA"), ("kalidoni.localhost", "Kalidoni")])
def test_a_missing_page_stands_in_the_look_of_its_site(kalidoni: Region, host: str, brand: str) -> None:
    answer = Client(headers={"host": host}).get("/tidak-ada/", secure=True)
    seen = Seen(answer.content.decode())
    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in seen.text
    assert brand in seen.text
    assert ("href", "/") in seen.attributes


@pytest.mark.parametrize("host", ["localhost", "kalidoni.localhost"])
def test_a_form_without_its_token_changes_nothing_and_says_so(kalidoni: Region, host: str) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": host})
    answer = client.post("/bahasa/", {"language": "en"}, secure=True)
    assert answer.status_code == 403
    assert "language" not in answer.cookies
    assert "Halaman ini terlalu lama terbuka" in Seen(answer.content.decode()).text


def refusal(request: HttpRequest) -> str:
    middleware = DomainErrorMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    answer = middleware.process_exception(request, DomainError(HOSTILE))
    assert answer is not None and answer.status_code == 409
    return answer.content.decode()


@pytest.mark.usefixtures("platform")
@pytest.mark.urls("warsa.urls_platform")
@pytest.mark.parametrize("htmx", [False, True])
def test_a_refusal_shows_its_message_as_text(htmx: bool) -> None:
    request = RequestFactory().get("/", headers={"HX-Request": "true"} if htmx else {})
    html = refusal(request)
    assert "<script>alert" not in html
    assert "data-refused" in html
    assert HOSTILE in "".join(Seen(html).words)
    assert ("<html" in html) is not htmx


def test_the_broken_page_is_styled_under_its_own_policy(rf: RequestFactory) -> None:
    answer = views.broken(rf.get("/"))
    style = re.search(r"<style>(.*?)</style>", answer.content.decode(), re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == f"default-src 'none'; style-src 'sha256-{digest}'"


@pytest.mark.parametrize("path", STATIC_PAGES, ids=lambda path: path.stem)
def test_a_static_page_needs_nothing_else(path: Path) -> None:
    html = path.read_text()
    assert re.findall(r"src=|https?:|<script|{% url|{% static|{% translate", html) == []
    assert 'lang="id"' in html
    assert 'lang="en"' in html
