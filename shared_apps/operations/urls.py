from django.urls import path

from shared_apps.operations import area_keeping_views, area_views, fleet_views, views

app_name = "operations"
urlpatterns = [
    path("", views.console, name="console"),
    path("csv/", views.console_csv, name="console_csv"),
    path("tampilan/", views.save_view, name="save_view"),
    path("tampilan/<uuid:public_id>/hapus/", views.remove_view, name="remove_view"),
    path("wilayah/<uuid:public_id>/", views.region, name="region"),
    path("peta/", area_views.area, name="map"),
    path("peta/csv/", area_views.area_csv, name="map_csv"),
    path("peta/<str:code>/", area_views.area, name="area"),
    path("peta/<str:code>/csv/", area_views.area_csv, name="area_csv"),
    path("sasaran/", area_keeping_views.targets, name="targets"),
    path("sasaran/baru/", area_keeping_views.new_target, name="new_target"),
    path("sasaran/<int:number>/hapus/", area_keeping_views.remove_target, name="remove_target"),
    path("pembina/", area_keeping_views.supervisors, name="supervisors"),
    path("pembina/undang/", area_keeping_views.new_supervisor, name="new_supervisor"),
    path("pembina/undangan/<uuid:public_id>/tarik/", area_keeping_views.withdraw, name="withdraw_supervisor"),
    path("pembina/<uuid:public_id>/akhiri/", area_keeping_views.end_supervision, name="end_supervision"),
    path("armada/", fleet_views.runs, name="fleet"),
    path("armada/<int:number>/", fleet_views.run, name="fleet_run"),
    path("armada/diparkir/", fleet_views.parked, name="fleet_parked"),
    path("armada/diparkir/<uuid:public_id>/coba/", fleet_views.retry, name="fleet_retry"),
    path("armada/penyimpangan/", fleet_views.drift, name="fleet_drift"),
]
