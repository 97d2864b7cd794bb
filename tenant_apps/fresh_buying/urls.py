"""Addresses of the shop, of the Satker and of the buyer at the market."""

from django.urls import path, register_converter

from tenant_apps.fresh_buying.views import market, preorders, satker, shop, terms
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "fresh_number")

app_name = "fresh_buying"
urlpatterns = [
    path("pra-pesan/", shop.preorders, name="preorders"),
    path("pra-pesan/<slug:slug>/", shop.order, name="order"),
    path("pra-pesan/nota/<fresh_number:number>/", shop.preorder, name="preorder"),
    path("pra-pesan/nota/<fresh_number:number>/batal/", shop.cancel, name="cancel"),
    path("satker/pasar/belanja/", satker.trips_page, name="trips"),
    path("satker/pasar/belanja/tutup/", satker.close, name="close"),
    path("satker/pasar/belanja/barang/", terms.terms, name="terms"),
    path("satker/pasar/belanja/susut/", satker.insight, name="insight"),
    path("satker/pasar/belanja/susut/unduh/", satker.insight_sheet, name="insight_sheet"),
    path("satker/pasar/pesanan/<fresh_number:number>/", preorders.preorder, name="work_preorder"),
    path("satker/pasar/pesanan/<fresh_number:number>/batal/", preorders.call_off, name="call_off"),
    path("satker/pasar/nota/<uuid:public_id>/", market.photo, name="receipt_photo"),
    path("satker/pasar/<fresh_number:number>/", satker.trip_page, name="trip"),
    path("satker/pasar/<fresh_number:number>/mulai/", satker.start, name="start"),
    path("satker/pasar/<fresh_number:number>/uang/", satker.advance, name="advance"),
    path("satker/pasar/<fresh_number:number>/timbang/", satker.weigh, name="weigh"),
    path("satker/pasar/<fresh_number:number>/susut/", satker.shrink, name="shrink"),
    path("satker/pasar/<fresh_number:number>/bagi/", satker.share, name="share"),
    path("satker/pasar/<fresh_number:number>/daftar/", preorders.picking, name="picking"),
    path("satker/pasar/<fresh_number:number>/selesai/", satker.settle, name="settle"),
    path("satker/pasar/<fresh_number:number>/batal/", satker.cancel, name="cancel_trip"),
    path("satker/pasar/<fresh_number:number>/belanja/", market.shopping, name="shopping"),
    path("satker/pasar/<fresh_number:number>/belanja/catat/", market.write, name="write"),
    path("satker/pasar/<fresh_number:number>/belanja/hapus/", market.drop, name="drop"),
    path("satker/pasar/<fresh_number:number>/belanja/kosong/", market.absent, name="absent"),
    path("satker/pasar/<fresh_number:number>/belanja/angkut/", market.transport, name="transport"),
    path("toko/belanja-pasar/", market.own_trips, name="own_trips"),
]
