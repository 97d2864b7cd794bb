"""Addresses of the shop and of the counter."""

from django.urls import path, register_converter

from tenant_apps.orders.views import baskets, board, favourites, own, purchases, returns, sharing, shop
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "order_number")

app_name = "orders"
urlpatterns = [
    path("tempat/", shop.place, name="place"),
    path("warung/", shop.warungs, name="warungs"),
    path("warung/<slug:slug>/", shop.warung, name="warung"),
    path("warung/<slug:slug>/isi/", baskets.put, name="put"),
    path("barang/<uuid:public_id>/", shop.product, name="product"),
    path("cari/", shop.search, name="search"),
    path("keranjang/", baskets.carts, name="carts"),
    path("keranjang/bayar/", purchases.checkout, name="checkout_all"),
    path("keranjang/<slug:slug>/", baskets.change, name="change"),
    path("keranjang/<slug:slug>/bayar/", baskets.checkout, name="checkout"),
    path("belanja/<order_number:number>/", purchases.purchase, name="purchase"),
    path("pesanan/", own.orders, name="orders"),
    path("pesanan/<order_number:number>/", own.order, name="order"),
    path("pesanan/<order_number:number>/batal/", own.cancel, name="cancel"),
    path("pesanan/<order_number:number>/lagi/", own.again, name="again"),
    path("pesanan/<order_number:number>/nota/", own.receipt, name="receipt"),
    path("pesanan/<order_number:number>/kembalikan/", returns.ask, name="return"),
    path("pesanan/<order_number:number>/bagikan/", sharing.share, name="share"),
    path("pesanan/<order_number:number>/bagikan/tutup/", sharing.stop, name="stop_sharing"),
    path("nota/<str:token>/", sharing.shared, name="shared_receipt"),
    path("favorit/", favourites.favourites, name="favourites"),
    path("favorit/warung/<slug:slug>/", favourites.warung, name="like_warung"),
    path("favorit/barang/<uuid:public_id>/", favourites.product, name="like_product"),
    path("wilayah/retur/", returns.terms, name="return_terms"),
    path("toko/retur/", returns.returns, name="returns"),
    path("toko/retur/<order_number:number>/<slug:verb>/", returns.decide, name="decide_return"),
    path("toko/pesanan/", board.board, name="board"),
    path("toko/pesanan/<order_number:number>/", board.order, name="board_order"),
    path("toko/pesanan/<order_number:number>/nota/", board.receipt, name="board_receipt"),
    path("toko/pesanan/<order_number:number>/<slug:verb>/", board.step, name="step"),
]
