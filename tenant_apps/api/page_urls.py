"""Addresses of a person's keys for programs."""

from django.urls import path

from tenant_apps.api.views import access

app_name = "api_access"
urlpatterns = [
    path("", access.keys, name="keys"),
    path("<uuid:public_id>/cabut/", access.revoke, name="revoke"),
]
