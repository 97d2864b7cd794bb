from django.urls import path

from tenant_apps.pricing.views import claims, markets, review, rule, ruling, satker, toko

app_name = "pricing"
urlpatterns = [
    path("toko/harga/", toko.board, name="board"),
    path("toko/harga/periksa/", review.review, name="review"),
    path("toko/harga/usulan/", review.suggestions, name="suggestions"),
    path("toko/harga/jadwal/", review.schedule, name="schedule"),
    path("toko/harga/jadwal/<uuid:public_id>/batal/", review.drop_list, name="drop_list"),
    path("toko/harga/<uuid:public_id>/", toko.product, name="own_product"),
    path("satker/harga-pasar/", satker.market, name="market"),
    path("satker/harga-pasar/catat/", satker.record, name="record"),
    path("satker/harga-pasar/<uuid:public_id>/", satker.product, name="market_product"),
    path("satker/pasar/", markets.markets, name="markets"),
    path("satker/pasar/<uuid:public_id>/", markets.market, name="market_place"),
    path("satker/pasar/catatan/", markets.observations, name="observations"),
    path("satker/pasar/catatan/tarik/", markets.withdraw, name="withdraw"),
    path("satker/pasar/foto/<uuid:public_id>/", markets.photo, name="observation_photo"),
    path("satker/pasar/tabel/", markets.tables, name="tables"),
    path("satker/pasar/tabel/<uuid:public_id>/", markets.table, name="table"),
    path("satker/harga/het/", ruling.ceilings, name="ceilings"),
    path("satker/harga/het/<uuid:public_id>/akhiri/", ruling.end, name="end_ceiling"),
    path("satker/harga/laba/", ruling.margins, name="margins"),
    path("satker/harga-grosir/", satker.wholesale, name="wholesale"),
    path("satker/harga/periksa/", review.overview, name="overview"),
    path("satker/jaminan/", satker.guarantee, name="guarantee"),
    path("satker/klaim/", claims.claims, name="claims"),
    path("satker/klaim/<uuid:public_id>/", claims.decide, name="claim"),
    path("wilayah/aturan-harga/", rule.rule, name="rule"),
    path("klaim/", claims.own_claims, name="own_claims"),
    path("klaim/baru/", claims.new_claim, name="new_claim"),
    path("klaim/<uuid:public_id>/", claims.own_claim, name="own_claim"),
    path("klaim/<uuid:public_id>/tarik/", claims.take_back, name="take_back_claim"),
    path("klaim/<uuid:public_id>/foto/", claims.photo, name="claim_photo"),
]
