from django.urls import path

from tenants.identity import views

urlpatterns = [
    path("masuk/", views.sign_in, name="account_login"),
    path("keluar/", views.sign_out, name="account_logout"),
    path("lupa-sandi/", views.forgotten_password, name="account_reset_password"),
    path("lupa-sandi/kode/", views.reset_code, name="account_confirm_password_reset_code"),
    path("lupa-sandi/baru/", views.new_password, name="account_complete_password_reset"),
    path("akun/sandi/", views.change_password, name="account_change_password"),
]
