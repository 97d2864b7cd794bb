from django.urls import path, register_converter

from tenant_apps.stock.views import counting, shelf
from tenants.kernel.numbers import DocumentNumber

register_converter(DocumentNumber, "count_number")

app_name = "stock"
urlpatterns = [
    path("toko/stok/", shelf.shelf, name="shelf"),
    path("toko/stok/kedaluwarsa/", shelf.expiring, name="expiring"),
    path("toko/stok/kedaluwarsa/<uuid:public_id>/buang/", shelf.discard, name="discard"),
    path("toko/stok/hitung/", counting.count_page, name="count"),
    path("toko/stok/hitung/mulai/", counting.begin, name="begin_count"),
    path("toko/stok/hitung/<count_number:number>/", counting.difference, name="difference"),
    path("toko/stok/hitung/<count_number:number>/tulis/", counting.write, name="write_count"),
    path("toko/stok/hitung/<count_number:number>/hapus/", counting.forget, name="forget_count"),
    path("toko/stok/hitung/<count_number:number>/terapkan/", counting.apply, name="apply_count"),
    path("toko/stok/hitung/<count_number:number>/batal/", counting.drop, name="drop_count"),
    path("toko/stok/<uuid:public_id>/", shelf.shelf_product, name="shelf_product"),
    path("toko/stok/<uuid:public_id>/masuk/", shelf.arrive, name="arrive"),
    path("toko/stok/<uuid:public_id>/pecah/", shelf.open_one, name="open_pack"),
    path("toko/stok/<uuid:public_id>/tutup/", shelf.seal, name="seal_packs"),
    path("toko/stok/<uuid:public_id>/batas/", shelf.mark, name="mark"),
    path("satker/stok/", shelf.store_room, name="store_room"),
    path("satker/stok/<uuid:public_id>/", shelf.store_room_product, name="store_room_product"),
]
