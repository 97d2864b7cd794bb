from django.urls import path

from shared_apps.operations import lifecycle_views

app_name = "lifecycle"
urlpatterns = [
    path("operator/wilayah/<uuid:public_id>/daur-hidup/", lifecycle_views.life, name="life"),
    path("operator/wilayah/<uuid:public_id>/daur-hidup/<slug:name>/", lifecycle_views.act, name="act"),
    path("arsip/<str:token>/", lifecycle_views.archive, name="archive"),
    path("arsip/<str:token>/unduh/", lifecycle_views.fetch_archive, name="fetch_archive"),
]
