"""Addresses of the platform site."""

from django.urls import include, path

from warsa import site_urls

urlpatterns = [
    *site_urls.common,
    *site_urls.platform_only(),
    path("", include("tenants.identity.urls")),
    path("", include("shared_apps.operations.lifecycle_urls")),
    path("operator/", include("shared_apps.operations.urls")),
    path("", include("shared_apps.billing.urls")),
    path("", include("shared_apps.onboarding.urls")),
    path("operator/dukungan/", include("shared_apps.support.urls")),
    path("operator/", include("shared_apps.care.urls")),
    path("operator/", include("shared_apps.archives.urls")),
    path("operator/", include("shared_apps.leak_probe.urls")),
    path("operator/", include("shared_apps.canary.urls")),
    path("operator/pemasok/", include("shared_apps.supplier_catalog.operator_urls")),
    path("pemasok/daftar/", include("shared_apps.supplier_catalog.registration_urls")),
    path("pemasok/", include("shared_apps.supplier_catalog.urls")),
    path("pemasok/", include("shared_apps.price_lists.urls")),
    path("pemasok/", include("shared_apps.exchange.urls")),
    path("pembina/", include("shared_apps.operations.pembina_urls")),
    path("areas/", include("shared_apps.regions.urls")),
]

handler404 = "warsa.views.not_found"
handler500 = "warsa.views.broken"
