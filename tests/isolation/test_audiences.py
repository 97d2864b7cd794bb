"""Every address of both sites says who may enter, and keeps to it for a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver

from tenants.access import Audience
from tenants.models import Region

SITES = {"warsa.urls_platform": "localhost", "warsa.urls_region": "kalidoni.localhost"}


def views_of(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, object]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views_of(pattern.url_patterns, path)
        else:
            yield path, pattern.callback


@pytest.mark.parametrize("urlconf", SITES)
def test_every_view_declares_its_audience(urlconf: str) -> None:
    found = list(views_of(import_module(urlconf).urlpatterns))
    assert len(found) >= 5
    assert [path for path, view in found if not isinstance(getattr(view, "audience", None), Audience)] == []


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_is_sent_to_the_sign_in_page(kalidoni: Region, method: str) -> None:
    guarded = [
        "/operator/",
        "/operator/pendaftaran/",
        "/operator/pendaftaran/6d9a514b-0491-41c6-889e-4f63a6404fb3/",
        "/operator/pendaftaran/6d9a514b-0491-41c6-889e-4f63a6404fb3/bukti/",
        "/operator/pendaftaran/6d9a514b-0491-41c6-889e-4f63a6404fb3/setujui/",
        "/operator/pendaftaran/6d9a514b-0491-41c6-889e-4f63a6404fb3/tolak/",
    ]
    for path in guarded:
        answer = getattr(Client(), method)(path, headers={"host": "localhost"}, secure=True)
        assert (answer.status_code, answer.headers.get("Location", "").split("?")[0]) == (302, "/masuk/"), path
        answer = getattr(Client(), method)(path, headers={"host": "kalidoni.localhost"}, secure=True)
        assert answer.status_code == 404, path
