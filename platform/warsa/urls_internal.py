"""Addresses at the names that only our own servers use: nothing that a visitor needs."""

from django.urls import path

from shared_apps.operations.views import tls
from warsa import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("tls/boleh/", tls.may_have_certificate, name="may_have_certificate"),
]

handler404 = "shared_apps.operations.views.tls.not_found"
