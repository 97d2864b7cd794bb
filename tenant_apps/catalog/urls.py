from django.urls import path

from tenant_apps.catalog.views import admin, pictures

app_name = "catalog"
urlpatterns = [
    path("foto/<uuid:public_id>/<int:size>/<slug:version>", pictures.photo, name="photo"),
    path("wilayah/katalog/", admin.products, name="products"),
    path("wilayah/katalog/baru/", admin.new, name="new"),
    path("wilayah/katalog/unduh/", admin.export, name="export"),
    path("wilayah/katalog/rak/", admin.shelves, name="shelves"),
    path("wilayah/katalog/rak/<slug:slug>/", admin.shelf, name="shelf"),
    path("wilayah/katalog/<uuid:public_id>/", admin.edit, name="edit"),
    path("wilayah/katalog/<uuid:public_id>/dagang/", admin.trade, name="trade"),
    path("wilayah/katalog/<uuid:public_id>/foto/", admin.change_photo, name="change_photo"),
]
