"""A region's site as an app: manifest, icons, worker, the page without network, asset links."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from PIL import Image

from tests.cast import Cast, browser_of
from warsa.settings import env

PRINT = ":".join(["AB"] * 32)


def test_the_manifest_names_the_region_and_its_icons_load(market: Cast) -> None:
    visitor = browser_of(None)
    told = visitor.get("/manifest.webmanifest")
    assert told.headers["Content-Type"] == "application/manifest+json"
    shown = told.json()
    assert (shown["name"], shown["lang"], shown["display"], shown["start_url"], shown["scope"]) == (
        "Kalidoni", "id", "standalone", "/", "/",
    )  # fmt: skip
    assert {(one["sizes"], one["purpose"]) for one in shown["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    for one in shown["icons"]:
        answer = visitor.get(one["src"])
        picture = Image.open(BytesIO(answer.content))
        assert f"{picture.width}x{picture.height}" == one["sizes"]
        assert len(answer.content) < 12_000
    for one in shown["shortcuts"]:
        assert visitor.get(one["url"]).status_code in (200, 302)
    assert visitor.get("/ikon/lain.png").status_code == 404
    page = visitor.get("/").content.decode()
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert 'rel="apple-touch-icon"' in page


def test_the_worker_is_of_this_region_and_its_shell_is_there(market: Cast) -> None:
    visitor = browser_of(None)
    answer = visitor.get("/sw.js")
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "no-cache" in answer.headers["Cache-Control"]
    version = re.search(r'VERSION = "(\w{16})"', answer.content.decode())
    assert version
    assert visitor.get("/sw.js").content == answer.content
    assert visitor.get("/luring/").status_code == 200
    assert "worker-src 'self'" in visitor.get("/").headers["Content-Security-Policy"]


def test_the_page_without_network_is_the_same_for_everybody(market: Cast) -> None:
    assert browser_of(market.ratna).get("/luring/").content == browser_of(None).get("/luring/").content


def test_a_page_says_whose_it_is(market: Cast) -> None:
    assert 'data-person=""' in browser_of(None).get("/").content.decode()
    assert f'data-person="{market.ratna.public_id}"' in browser_of(market.ratna).get("/").content.decode()


def test_asset_links_are_those_of_the_host_from_their_day_on(market: Cast, settings: Any) -> None:
    visitor = browser_of(None)
    assert visitor.get("/.well-known/assetlinks.json").status_code == 404
    host = visitor.get("/").wsgi_request.get_host()
    settings.ANDROID_APPS = [
        env.AndroidApp(host, "id.warsa.kalidoni", PRINT, date(2026, 1, 1)),
        env.AndroidApp(host, "id.warsa.later", PRINT, date(2999, 1, 1)),
        env.AndroidApp("lombok.localhost", "id.warsa.lombok", PRINT, date(2026, 1, 1)),
    ]
    assert visitor.get("/.well-known/assetlinks.json").json() == [
        {
            "relation": ["delegate_permission/common.handle_all_urls"],
            "target": {
                "namespace": "android_app",
                "package_name": "id.warsa.kalidoni",
                "sha256_cert_fingerprints": [PRINT],
            },
        }
    ]


@pytest.mark.parametrize(
    "written", ["kalidoni", "a.b=id.c,AB,2026-01-01", f"a.b=id.c,{PRINT},2026-99-01", f"a.b=c,{PRINT},2026-01-01"]
)
def test_an_app_that_is_written_wrongly_stops_the_start(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv("WARSA_ANDROID_APPS", written)
    with pytest.raises(ImproperlyConfigured, match="WARSA_ANDROID_APPS"):
        env.android_apps("WARSA_ANDROID_APPS")
