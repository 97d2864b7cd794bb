from django.urls import path

from tenant_apps.pricing.views import rule, satker, toko

app_name = "pricing"
urlpatterns = [
    path("toko/harga/", toko.board, name="board"),
    path("toko/harga/<uuid:public_id>/", toko.product, name="own_product"),
    path("satker/harga-pasar/", satker.market, name="market"),
    path("satker/harga-pasar/catat/", satker.record, name="record"),
    path("satker/harga-pasar/<uuid:public_id>/", satker.product, name="market_product"),
    path("satker/harga-grosir/", satker.wholesale, name="wholesale"),
    path("satker/jaminan/", satker.guarantee, name="guarantee"),
    path("wilayah/aturan-harga/", rule.rule, name="rule"),
]
