from django.urls import path

from shared_apps.operations import fleet_views, views

app_name = "operations"
urlpatterns = [
    path("", views.console, name="console"),
    path("armada/", fleet_views.runs, name="fleet"),
    path("armada/<int:number>/", fleet_views.run, name="fleet_run"),
    path("armada/diparkir/", fleet_views.parked, name="fleet_parked"),
    path("armada/diparkir/<uuid:public_id>/coba/", fleet_views.retry, name="fleet_retry"),
    path("armada/penyimpangan/", fleet_views.drift, name="fleet_drift"),
]
