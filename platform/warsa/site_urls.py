"""What both kinds of site have, and what only the platform has."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, path

from shared_apps.operations.views import tls
from warsa import views
from warsa.ui.views import gallery

common: list[URLPattern] = [
    path("bahasa/", views.choose_language, name="choose_language"),
    path("healthz", views.healthz, name="healthz"),
]


def platform_only() -> list[URLPattern]:
    """The first page, how it works, readiness, and on a machine of one's own the mailbox and the component gallery."""
    urls = [
        path("", views.home, name="home"),
        path("tentang/", views.about, name="about"),
        path("readyz", views.readyz, name="readyz"),
        path("tls/boleh/", tls.may_have_certificate, name="may_have_certificate"),
    ]
    if settings.MAILBOX_DIR:
        urls += [
            path("kotak-surat/", views.mailbox, name="mailbox"),
            path("kotak-surat/<str:key>/", views.mailbox_message, name="mailbox_message"),
        ]
    if settings.SHOW_GALLERY:
        urls.append(path("ui/", gallery, name="gallery"))
    return urls
