"""Only an exact, registered host reaches a site; everything else gets the same static page."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tenants.context import on_platform
from tenants.models import Region, RegionStatus

PLATFORM = ["localhost", "LOCALHOST", "LocalHost", "localhost:8000", "localhost:80", "localhost:65535"]
KALIDONI = ["kalidoni.localhost", "KALIDONI.localhost", "Kalidoni.LocalHost:8000", "kalidoni.localhost:443"]
NOBODY = [
    "",
    " ",
    "nowhere.localhost",
    "localhost.",
    "kalidoni.localhost.",
    "kalidoni.localhost.:8000",
    "www.kalidoni.localhost",
    "www.localhost",
    "kalidoni",
    "kalidoni.localhost.evil.example",
    "evil.example",
    "evil.example:8000",
    "localhost.evil.example",
    "kalidoni.localhost@evil.example",
    "evil.example#kalidoni.localhost",
    "evil.example/kalidoni.localhost",
    "kalidoni.localhost, lombok.localhost",
    "kalidoni.localhost,localhost",
    "kalidoni..localhost",
    ".localhost",
    "-.localhost",
    "127.0.0.1",
    "127.0.0.1:8000",
    "0.0.0.0",
    "[::1]",
    "[::1]:8000",
    "2130706433",
    "0x7f000001",
    "localhost:",
    "localhost:0",
    "localhost:65536",
    "localhost:80a",
    "localhost:-1",
    "kalidoni.localhost:8000:8000",
    "kalidoni%2elocalhost",
    "kalidoni.localhost\x00",
    "kalidoni.localhost\t",
    "kalidonı.localhost",
    "xn--kalidon-r4a.localhost",
    "t_kalidoni.localhost",
    "public.localhost",
    "kalidoni.localhost'--",
    "a" * 300 + ".localhost",
]
FORWARDED = {"HTTP_X_FORWARDED_HOST": "lombok.localhost", "HTTP_FORWARDED": "host=lombok.localhost"}
PATHS = ["/", "/bahasa/", "/healthz", "/readyz", "/areas/", "/.env"]


def answered_by(host: str, path: str = "/", **headers: Any) -> str:
    response = Client(headers=None).get(path, **{"HTTP_HOST": host, **headers})
    region = getattr(response.wsgi_request, "region", None)
    if region is not None:
        return str(region.name)
    urlconf = getattr(response.wsgi_request, "urlconf", None)
    if urlconf == "warsa.urls_platform":
        return "platform"
    assert response.status_code == 404
    assert b"Alamat tidak ditemukan" in response.content
    assert b"WARSA" not in response.content
    assert not response.cookies
    return "nobody"


@pytest.mark.parametrize("forwarded", [False, True])
def test_each_host_reaches_its_site_or_none(db: None, forwarded: bool) -> None:
    headers = FORWARDED if forwarded else {}
    for path in PATHS:
        assert {host: answered_by(host, path, **headers) for host in PLATFORM} == dict.fromkeys(PLATFORM, "platform")
        assert {host: answered_by(host, path, **headers) for host in KALIDONI} == dict.fromkeys(KALIDONI, "Kalidoni")
        assert {host: answered_by(host, path, **headers) for host in NOBODY} == dict.fromkeys(NOBODY, "nobody")


@pytest.mark.parametrize(
    ("status", "code", "text"),
    [
        (RegionStatus.BUILDING, 503, "sedang dibangun"),
        (RegionStatus.FAILED, 503, "sedang dibangun"),
        (RegionStatus.SUSPENDED, 503, "dihentikan sementara"),
        (RegionStatus.CLOSED, 410, "sudah ditutup"),
    ],
)
def test_a_region_that_is_not_ready_shows_its_status(
    kalidoni: Region, status: str, code: int, text: str, django_assert_num_queries: object
) -> None:
    with on_platform():
        Region.objects.filter(pk=kalidoni.pk).update(status=status)
    with django_assert_num_queries(1):  # type: ignore[operator]
        response = Client().get("/", headers={"host": "kalidoni.localhost"})
    assert response.status_code == code
    assert text in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"
