from django.urls import include, path

from tests.benchmarks.pages import everything, shelf

urlpatterns = [
    path("bench/shelf/", shelf),
    path("bench/everything/", everything),
    path("", include("warsa.urls_region")),
]

handler404 = "warsa.views.not_found"
handler500 = "warsa.views.broken"
