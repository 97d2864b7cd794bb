"""The supervisors' pages, on the platform site only."""

from django.urls import path

from shared_apps.operations.views import pembina as views

app_name = "pembina"
urlpatterns = [
    path("", views.home, name="home"),
    path("wilayah/<str:code>/", views.area, name="area"),
    path("wilayah/<str:code>/csv/", views.area_csv, name="area_csv"),
    path("undangan/<str:token>/", views.invitation, name="invitation"),
    path("undangan/<str:token>/terima/", views.accept, name="accept"),
    path("undangan/<str:token>/gabung/", views.join, name="join"),
]
