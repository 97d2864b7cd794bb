from django.urls import path

from tenant_apps.stock.views import shelf

app_name = "stock"
urlpatterns = [
    path("toko/stok/", shelf.shelf, name="shelf"),
    path("toko/stok/<uuid:public_id>/", shelf.shelf_product, name="shelf_product"),
    path("satker/stok/", shelf.store_room, name="store_room"),
    path("satker/stok/<uuid:public_id>/", shelf.store_room_product, name="store_room_product"),
]
