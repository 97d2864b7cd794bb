"""On the platform site only."""

from django.urls import path, re_path

from shared_apps.onboarding import blueprint_views, views

app_name = "onboarding"
urlpatterns = [
    path("daftar/", views.start, name="start"),
    path("daftar/lanjut/<str:token>/", views.resume, name="resume"),
    path("daftar/<uuid:public_id>/pantau/", views.watch, name="watch"),
    path("daftar/<uuid:public_id>/batal/", views.withdraw, name="withdraw"),
    path("daftar/<uuid:public_id>/kirim-tautan/", views.resend, name="resend"),
    path("daftar/<uuid:public_id>/<slug:name>/", views.step, name="step"),
    path("operator/pendaftaran/", views.registrations, name="registrations"),
    path("operator/pendaftaran/<uuid:public_id>/", views.registration, name="registration"),
    path("operator/pendaftaran/<uuid:public_id>/bukti/", views.proof, name="proof"),
    re_path(
        r"^operator/pendaftaran/(?P<public_id>[0-9a-f-]{36})/(?P<verdict>setujui|tolak|ulangi)/$",
        views.decide,
        name="decide",
    ),
    path("operator/cetak-biru/", blueprint_views.blueprints, name="blueprints"),
    path("operator/cetak-biru/salin/", blueprint_views.copy_region, name="copy_region"),
    path("operator/cetak-biru/<slug:slug>/<int:version>/", blueprint_views.blueprint, name="blueprint"),
    path("operator/cetak-biru/<slug:slug>/<int:version>/unduh/", blueprint_views.download, name="download_blueprint"),
    path("operator/cetak-biru/<slug:slug>/<int:version>/pakai/", blueprint_views.choose, name="choose_blueprint"),
]
