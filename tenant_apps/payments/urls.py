"""Addresses of paying, and of what has to be looked at."""

from django.urls import path

from tenant_apps.payments.views import pay, satker, toko, webhook

app_name = "payments"
urlpatterns = [
    path("bayar/<uuid:public_id>/", pay.page, name="pay"),
    path("bayar/<uuid:public_id>/kode.png", pay.picture, name="picture"),
    path("bayar/<uuid:public_id>/sudah/", pay.claim, name="claim"),
    path("toko/qris/", toko.code, name="code"),
    path("toko/pembayaran/", toko.payments_page, name="of_warung"),
    path("toko/pembayaran/<uuid:public_id>/terima/", toko.confirm, name="confirm"),
    path("toko/pembayaran/<uuid:public_id>/belum/", toko.deny, name="deny"),
    path("toko/pembayaran/masalah/<uuid:public_id>/", toko.step, name="step"),
    path("satker/pembayaran/", satker.issues, name="issues"),
    path("satker/pembayaran/penyedia/", satker.choose, name="choose"),
    path("satker/pembayaran/masalah/<uuid:public_id>/", satker.step, name="satker_step"),
    path("pembayaran/midtrans/", webhook.midtrans, name="midtrans"),
]
