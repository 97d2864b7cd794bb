"""Whose address a request has, with and without proxies of ours before us."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from tenants.proxies import ProxyMiddleware


@pytest.mark.parametrize(
    ("case", "proxies", "told", "seen"),
    [
        ("nobody in front", 0, "203.0.113.9", "10.0.0.1"),
        ("one proxy", 1, "203.0.113.9", "203.0.113.9"),
        ("a visitor who lies", 1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("two proxies", 2, "198.51.100.1, 203.0.113.9, 10.0.0.7", "203.0.113.9"),
        ("six numbers", 1, "2001:db8::1", "2001:db8::1"),
        ("no header, as from a health check", 1, "", "10.0.0.1"),
        ("fewer than there should be", 2, "203.0.113.9", "10.0.0.1"),
        ("not an address", 1, "Siti Aminah", "10.0.0.1"),
    ],
)
def test_whose_address_it_is(settings: Any, case: str, proxies: int, told: str, seen: str) -> None:
    settings.PROXIES = proxies
    kept: list[HttpRequest] = []

    def keep(request: HttpRequest) -> HttpResponse:
        kept.append(request)
        return HttpResponse()

    request = RequestFactory().get("/", headers={"x-forwarded-for": told}, REMOTE_ADDR="10.0.0.1")
    ProxyMiddleware(keep)(request)
    assert kept[0].META["REMOTE_ADDR"] == seen and "HTTP_X_FORWARDED_FOR" not in kept[0].META
