"""Addresses of a region's site."""

from django.urls import include, path

from warsa import site_urls

urlpatterns = [
    *site_urls.common,
    path("", include("tenant_apps.accounts.urls_auth")),
    path("", include("tenant_apps.accounts.urls")),
    path("areas/", include("shared_apps.regions.urls")),
    path("", include("tenant_apps.satker.urls")),
    path("", include("tenant_apps.warungs.urls")),
    path("", include("tenant_apps.stock.urls")),
    path("", include("tenant_apps.pricing.urls")),
    path("", include("tenant_apps.procurement.urls")),
    path("", include("tenant_apps.orders.urls")),
]

handler404 = "warsa.views.not_found"
handler500 = "warsa.views.broken"
