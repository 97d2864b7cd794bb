from django.urls import path

from shared_apps.operations.views import lifecycle

app_name = "lifecycle"
urlpatterns = [
    path("operator/wilayah/<uuid:public_id>/daur-hidup/", lifecycle.life, name="life"),
    path("operator/wilayah/<uuid:public_id>/jatah/", lifecycle.share, name="share"),
    path("operator/wilayah/<uuid:public_id>/daur-hidup/<slug:name>/", lifecycle.act, name="act"),
    path(
        "operator/wilayah/<uuid:public_id>/daur-hidup/domain/<uuid:claim_id>/lepas/",
        lifecycle.remove_domain,
        name="remove_domain",
    ),
    path("arsip/<str:token>/", lifecycle.archive, name="archive"),
    path("arsip/<str:token>/unduh/", lifecycle.fetch_archive, name="fetch_archive"),
]
