"""Addresses of the books."""

from django.urls import path

from tenant_apps.ledger import views

app_name = "ledger"
urlpatterns = [
    path("akun/saldo/", views.balance, name="balance"),
    path("akun/saldo/cetak/", views.balance_print, name="balance_print"),
    path("akun/saldo/unduh/", views.balance_sheet, name="balance_sheet"),
    path("toko/buku/", views.warung_books, name="warung_books"),
    path("toko/buku/<uuid:public_id>/", views.warung_account, name="warung_account"),
    path("toko/buku/<uuid:public_id>/cetak/", views.warung_print, name="warung_account_print"),
    path("toko/buku/<uuid:public_id>/unduh/", views.warung_sheet, name="warung_account_sheet"),
    path("satker/buku/", views.region_books, name="region_books"),
    path("satker/buku/unduh/", views.region_sheet, name="region_sheet"),
    path("satker/buku/<uuid:public_id>/", views.region_account, name="region_account"),
    path("satker/buku/<uuid:public_id>/cetak/", views.region_print, name="region_account_print"),
    path("satker/buku/<uuid:public_id>/unduh/", views.region_account_sheet, name="region_account_sheet"),
]
