"""Addresses of what people are told."""

from django.urls import URLPattern, URLResolver, path

from tenant_apps.notifications import views

app_name = "notifications"
urlpatterns: list[URLPattern | URLResolver] = [
    path("kabar/", views.news, name="news"),
    path("kabar/lonceng/", views.bell, name="bell"),
    path("kabar/dibaca/", views.read_all, name="read_all"),
    path("kabar/<uuid:public_id>/", views.read, name="read"),
]
