"""Included as `areas/` by both kinds of site."""

from django.urls import path

from shared_apps.regions import views

app_name = "regions"
urlpatterns = [path("", views.areas, name="areas")]
