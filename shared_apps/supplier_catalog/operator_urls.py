"""Where operators decide about suppliers, on the platform site only."""

from django.urls import path

from shared_apps.supplier_catalog.views import operators

app_name = "supplier_operators"
urlpatterns = [
    path("", operators.queue, name="queue"),
    path("<uuid:public_id>/", operators.supplier, name="supplier"),
    path("<uuid:public_id>/<slug:verdict>/", operators.decide, name="decide"),
]
