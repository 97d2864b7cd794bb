"""Addresses of a region's site."""

from django.urls import include, path

from shared_apps.leak_probe import views as leak_probe
from tenant_apps.orders.views import shop
from warsa import site_urls
from warsa.ui import app

urlpatterns = [
    # Django tries one after the other: what citizens open all day stands first.
    path("", shop.home, name="home"),
    path("", include("tenant_apps.orders.urls")),
    *site_urls.common,
    path("manifest.webmanifest", app.manifest, name="app_manifest"),
    path("sw.js", app.worker, name="app_worker"),
    path("luring/", app.offline, name="app_offline"),
    path("ikon/<str:name>", app.icon, name="app_icon"),
    path("sidik/", leak_probe.mark, name="leak_probe_mark"),
    path(".well-known/assetlinks.json", app.asset_links, name="asset_links"),
    path("", include("tenants.identity.urls")),
    path("", include("tenant_apps.accounts.urls")),
    path("", include("tenant_apps.region_setup.urls")),
    path("", include("tenant_apps.warungs.urls")),
    path("", include("tenant_apps.catalog.urls")),
    path("", include("tenant_apps.pricing.urls")),
    path("", include("tenant_apps.stock.urls")),
    path("areas/", include("shared_apps.regions.urls")),
    path("", include("tenant_apps.suppliers.urls")),
    path("", include("tenant_apps.procurement.urls")),
    path("", include("tenant_apps.ledger.urls")),
    path("", include("tenant_apps.payments.urls")),
    path("", include("tenant_apps.pos.urls")),
    path("", include("tenant_apps.fresh_buying.urls")),
    path("", include("tenant_apps.bank_sampah.urls")),
    path("", include("tenant_apps.agent_banking.urls")),
    path("", include("tenant_apps.notifications.urls")),
    path("", include("tenant_apps.privacy.urls")),
    path("akun/akses-api/", include("tenant_apps.api.page_urls")),
    path("api/v1/", include("tenant_apps.api.urls")),
]

handler404 = "warsa.views.not_found"
handler500 = "warsa.views.broken"
