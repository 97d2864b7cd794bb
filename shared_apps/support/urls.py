from django.urls import path

from shared_apps.support import views

app_name = "support"
urlpatterns = [
    path("", views.accesses, name="accesses"),
    path("<uuid:public_id>/masuk/", views.enter, name="enter"),
    path("<uuid:public_id>/tutup/", views.close, name="close"),
    path("<uuid:public_id>/setuju/", views.confirm, name="confirm"),
]
