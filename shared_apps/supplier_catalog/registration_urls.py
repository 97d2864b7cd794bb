"""Registering as a supplier, on the platform site only."""

from django.urls import path

from shared_apps.supplier_catalog.views import registering

app_name = "supplier_registration"
urlpatterns = [
    path("", registering.areas, name="areas"),
    path("usaha/", registering.business, name="business"),
    path("terkirim/", registering.sent, name="sent"),
    path("kirim-lagi/", registering.resend, name="resend"),
]
