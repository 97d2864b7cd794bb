"""The supplier portal, on the platform site only. Price lists and orders have addresses of their own beside it."""

from django.urls import path

from shared_apps.supplier_catalog.views import portal

app_name = "supplier_portal"
urlpatterns = [
    path("", portal.home, name="home"),
    path("pilih/", portal.choose, name="choose"),
]
