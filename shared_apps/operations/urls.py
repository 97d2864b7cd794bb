from django.urls import path

from shared_apps.operations import views

app_name = "operations"
urlpatterns = [path("", views.console, name="console")]
