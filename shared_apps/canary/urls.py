from django.urls import path

from shared_apps.canary import views

app_name = "canary"
urlpatterns = [
    path("kenari/", views.canary, name="canary"),
    path("kenari/jalankan/", views.run, name="run"),
]
