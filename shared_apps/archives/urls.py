from django.urls import path

from shared_apps.archives import views

app_name = "archives"
urlpatterns = [
    path("wilayah/<uuid:public_id>/arsip/", views.archives, name="archives"),
    path("wilayah/<uuid:public_id>/arsip/buat/", views.make, name="make"),
    path("arsip/<uuid:public_id>/pulihkan/", views.begin, name="begin"),
    path("pemulihan/<uuid:public_id>/", views.restore, name="restore"),
    path("pemulihan/<uuid:public_id>/<slug:name>/", views.step, name="step"),
]
