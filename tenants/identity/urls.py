from django.urls import path

from tenants.identity import views

urlpatterns = [
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", views.sign_out, name="account_logout"),
]
