from django.urls import path

from shared_apps.leak_probe import views

app_name = "leak_probe"
urlpatterns = [
    path("sidik/", views.probe, name="probe"),
]
